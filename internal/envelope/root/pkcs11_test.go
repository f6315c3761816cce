//go:build pkcs11

package root_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/miekg/pkcs11"

	"merlon.dev/merlon/internal/envelope"
	"merlon.dev/merlon/internal/envelope/root"
)

// softHSM is where Debian keeps SoftHSM's module.
const softHSM = "/usr/lib/softhsm/libsofthsm2.so"

// TestPKCS11 runs against SoftHSM with a token of its own. It is alone: the module reads its configuration from the environment.
func TestPKCS11(t *testing.T) {
	if _, err := os.Stat(softHSM); err != nil {
		t.Skip("SoftHSM is not installed: nothing was asked of a token")
	}
	dir := t.TempDir()
	conf, pin := filepath.Join(dir, "conf"), filepath.Join(dir, "pin")
	write(t, conf, "directories.tokendir = "+dir+"\nobjectstore.backend = file\n", 0o600)
	write(t, pin, "5678\n", 0o600)
	t.Setenv("SOFTHSM2_CONF", conf)
	if out, err := exec.CommandContext(t.Context(), "softhsm2-util", "--init-token", "--free", "--label", "merlon test", "--so-pin", "1234", "--pin", "5678").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	config := root.PKCS11Config{Module: softHSM, Token: "merlon test", PINFile: pin, Key: "one"}
	if _, err := root.NewPKCS11(config); err == nil || !strings.Contains(err.Error(), `0 AES keys have the label "one"`) {
		t.Errorf("no key: %v", err)
	}
	makeKeys(t, "merlon test", "5678", "one", "two")
	open := func(key string) envelope.Root {
		c := config
		c.Key = key
		r, err := root.NewPKCS11(c)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	roundTrip(t, open("one"), open("one"), open("two"))
	if got := open("one").Name(); got != "pkcs11:token=merlon test;object=one" {
		t.Errorf("the name is %s", got)
	}
	wrong := filepath.Join(dir, "wrong")
	write(t, wrong, "0000", 0o600)
	for name, c := range map[string]root.PKCS11Config{
		"no module": {Module: conf, Token: config.Token, PINFile: pin, Key: "one"},
		"no token":  {Module: softHSM, Token: "none", PINFile: pin, Key: "one"},
		"no pin":    {Module: softHSM, Token: config.Token, PINFile: pin + "x", Key: "one"},
	} {
		if _, err := root.NewPKCS11(c); err == nil {
			t.Errorf("%s: opened", name)
		}
	}
}

// makeKeys makes AES keys that cannot be taken out of the token.
func makeKeys(t *testing.T, label, pin string, names ...string) {
	t.Helper()
	module := pkcs11.New(softHSM)
	slots, err := module.GetSlotList(true) // the module was initialised by who looked for the key
	if err != nil {
		t.Fatal(err)
	}
	for _, slot := range slots {
		info, err := module.GetTokenInfo(slot)
		if err != nil || strings.TrimRight(info.Label, " \x00") != label {
			continue
		}
		session, err := module.OpenSession(slot, pkcs11.CKF_SERIAL_SESSION|pkcs11.CKF_RW_SESSION)
		if err != nil {
			t.Fatal(err)
		}
		if err := module.Login(session, pkcs11.CKU_USER, pin); err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			if _, err := module.GenerateKey(session, []*pkcs11.Mechanism{pkcs11.NewMechanism(pkcs11.CKM_AES_KEY_GEN, nil)}, []*pkcs11.Attribute{
				pkcs11.NewAttribute(pkcs11.CKA_LABEL, name), pkcs11.NewAttribute(pkcs11.CKA_TOKEN, true), pkcs11.NewAttribute(pkcs11.CKA_VALUE_LEN, 32),
				pkcs11.NewAttribute(pkcs11.CKA_SENSITIVE, true), pkcs11.NewAttribute(pkcs11.CKA_EXTRACTABLE, false),
				pkcs11.NewAttribute(pkcs11.CKA_ENCRYPT, true), pkcs11.NewAttribute(pkcs11.CKA_DECRYPT, true),
			}); err != nil {
				t.Fatal(err)
			}
		}
		if err := module.CloseSession(session); err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Fatal("there is no token")
}
