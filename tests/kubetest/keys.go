package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// writeKeys makes what the server proves itself with: a certificate authority of its own (ca.crt), a certificate that
// it signed (server.crt, server.key), and the key that signs the tokens of service accounts (accounts.key).
func writeKeys(folder string) error {
	authority, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	root := unsigned(1, "kubetest")
	root.IsCA = true
	root.BasicConstraintsValid = true
	root.KeyUsage = x509.KeyUsageCertSign
	if err := writeCertificate(filepath.Join(folder, "ca.crt"), root, root, &authority.PublicKey, authority); err != nil {
		return err
	}
	server, err := writeKey(filepath.Join(folder, "server.key"))
	if err != nil {
		return err
	}
	leaf := unsigned(2, "localhost")
	leaf.KeyUsage = x509.KeyUsageDigitalSignature
	leaf.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	leaf.DNSNames = []string{"localhost"}
	leaf.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1)}
	if err := writeCertificate(filepath.Join(folder, "server.crt"), leaf, root, &server.PublicKey, authority); err != nil {
		return err
	}
	_, err = writeKey(filepath.Join(folder, "accounts.key"))
	return err
}

func unsigned(serial int64, name string) *x509.Certificate {
	now := time.Now()
	return &x509.Certificate{
		SerialNumber: big.NewInt(serial),
		Subject:      pkix.Name{CommonName: name},
		NotBefore:    now.Add(-time.Hour),
		NotAfter:     now.Add(24 * time.Hour),
	}
}

func writeCertificate(
	path string, subject, issuer *x509.Certificate, public *ecdsa.PublicKey, signer *ecdsa.PrivateKey,
) error {
	der, err := x509.CreateCertificate(rand.Reader, subject, issuer, public, signer)
	if err != nil {
		return err
	}
	return writePEM(path, "CERTIFICATE", der)
}

func writeKey(path string) (*ecdsa.PrivateKey, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return nil, err
	}
	return key, writePEM(path, "EC PRIVATE KEY", der)
}

func writePEM(path, kind string, der []byte) error {
	return os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600)
}
