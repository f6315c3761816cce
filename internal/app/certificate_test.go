package app

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"log/slog"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"

	"merlon.dev/merlon/internal/config"
)

// TestCertificateIsReadAgain: a renewed certificate counts without a restart, and one that cannot be used changes nothing.
func TestCertificateIsReadAgain(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	files := config.TLS{CertFile: filepath.Join(folder, "cert.pem"), KeyFile: filepath.Join(folder, "key.pem")}
	writeCertificate(t, files, 1)
	first, err := tls.LoadX509KeyPair(files.CertFile, files.KeyFile)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	c := newCertificate(files, &first, slog.New(slog.DiscardHandler), func() time.Time { return now })
	want := func(serial int64, when string) {
		t.Helper()
		got, err := c.get(nil)
		if err != nil || got.Leaf.SerialNumber.Int64() != serial {
			t.Errorf("%s: certificate %v, %v; want %d", when, got.Leaf.SerialNumber, err, serial)
		}
	}
	want(1, "at first")

	writeCertificate(t, files, 22)
	want(1, "within the same second")
	now = now.Add(certificateAge)
	want(22, "renewed")

	key, err := os.ReadFile(files.KeyFile)
	if err != nil {
		t.Fatal(err)
	}
	writeCertificate(t, files, 333)
	for _, broken := range [][]byte{key[:len(key)/2], key} { // half written; of the certificate before
		if err := os.WriteFile(files.KeyFile, broken, 0o600); err != nil {
			t.Fatal(err)
		}
		now = now.Add(certificateAge)
		want(22, "while the key does not fit")
	}
	if err := os.Remove(files.CertFile); err != nil {
		t.Fatal(err)
	}
	now = now.Add(certificateAge)
	want(22, "while a file is away")
	writeCertificate(t, files, 4444)
	now = now.Add(certificateAge)
	want(4444, "when both fit again")
}

// writeCertificate makes a certificate of its own with a serial number; the longer that is, the longer the file.
func writeCertificate(t *testing.T, files config.TLS, serial int64) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(serial), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"localhost"}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{files.CertFile: {Type: "CERTIFICATE", Bytes: der}, files.KeyFile: {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(name, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
