// The program kubetest: a real Kubernetes API server with its own etcd, in one process that needs nothing else. It is
// made for tests: it forgets everything when it ends, and ends when the test that started it does.
//
//	kubetest FOLDER
//
// FOLDER must be there. Once the server is ready, FOLDER/kubeconfig is there, and its path is printed. The server ends
// when standard input does, and FOLDER with it.
package main

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"time"

	"k8s.io/component-base/cli"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
)

// How long etcd, and then the API server, may take to be ready.
const patience = 120 * time.Second

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: kubetest FOLDER")
		os.Exit(64)
	}
	folder, err := filepath.Abs(os.Args[1])
	check(err)
	go endWithInput(folder)

	check(writeKeys(folder))
	token := randomToken()
	users := fmt.Sprintf("%s,admin,admin,system:masters\n", token)
	check(os.WriteFile(filepath.Join(folder, "tokens.csv"), []byte(users), 0o600))
	etcd, err := startEtcd(filepath.Join(folder, "etcd"))
	check(err)
	port := freePort()
	address := fmt.Sprintf("https://127.0.0.1:%d", port)
	go announce(folder, address, token)

	command := apiserver.NewAPIServerCommand()
	command.SetArgs(flags(folder, etcd, port))
	// It returns only when the server could not start.
	os.Exit(cli.Run(command))
}

// flags of the API server: reachable from this machine alone, with nothing that a cluster of its own would need.
func flags(folder, etcd string, port int) []string {
	in := func(name string) string { return filepath.Join(folder, name) }
	return []string{
		"--etcd-servers=" + etcd,
		"--bind-address=127.0.0.1",
		"--advertise-address=127.0.0.1",
		fmt.Sprintf("--secure-port=%d", port),
		"--tls-cert-file=" + in("server.crt"),
		"--tls-private-key-file=" + in("server.key"),
		"--client-ca-file=" + in("ca.crt"),
		"--token-auth-file=" + in("tokens.csv"),
		"--anonymous-auth=false",
		"--authorization-mode=RBAC",
		"--service-account-issuer=https://kubernetes.default.svc",
		"--service-account-key-file=" + in("accounts.key"),
		"--service-account-signing-key-file=" + in("accounts.key"),
		"--service-cluster-ip-range=10.0.0.0/24",
		"--endpoint-reconciler-type=none",
		"--profiling=false",
	}
}

// announce waits until the server is ready, and then says where it is.
func announce(folder, address, token string) {
	check(waitReady(folder, address, token))
	path := filepath.Join(folder, "kubeconfig")
	check(writeKubeconfig(path, filepath.Join(folder, "ca.crt"), address, token))
	fmt.Println(path)
}

// endWithInput ends the process at once when standard input ends: the server's own way waits for open watches.
func endWithInput(folder string) {
	_, _ = io.Copy(io.Discard, os.Stdin)
	_ = os.RemoveAll(folder)
	os.Exit(0)
}

func freePort() int {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port
}

func randomToken() string {
	bytes := make([]byte, 16)
	_, err := rand.Read(bytes)
	check(err)
	return hex.EncodeToString(bytes)
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "kubetest:", err)
		os.Exit(1)
	}
}
