package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"text/template"
	"time"
)

// waitReady asks the server whether it is ready until it says so.
func waitReady(folder, address, token string) error {
	authority, err := os.ReadFile(filepath.Join(folder, "ca.crt"))
	if err != nil {
		return err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(authority)
	client := http.Client{
		Timeout:   5 * time.Second,
		Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}},
	}
	request, err := http.NewRequest(http.MethodGet, address+"/readyz", nil)
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+token)
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		answer, err := client.Do(request)
		if err != nil {
			continue
		}
		answer.Body.Close()
		if answer.StatusCode == http.StatusOK {
			return nil
		}
	}
	return errors.New("the API server is not ready")
}

var kubeconfig = template.Must(template.New("kubeconfig").Parse(`apiVersion: v1
kind: Config
clusters:
  - name: kubetest
    cluster: {server: "{{.Server}}", certificate-authority: "{{.Authority}}"}
users:
  - name: admin
    user: {token: "{{.Token}}"}
contexts:
  - name: kubetest
    context: {cluster: kubetest, user: admin, namespace: default}
current-context: kubetest
`))

// writeKubeconfig says where the server is and how to log in to it; the file is whole as soon as it is there.
func writeKubeconfig(path, authority, server, token string) error {
	temporary := path + ".new"
	file, err := os.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	values := struct{ Server, Authority, Token string }{server, authority, token}
	if err := errors.Join(kubeconfig.Execute(file, values), file.Close()); err != nil {
		return err
	}
	return os.Rename(temporary, path)
}
