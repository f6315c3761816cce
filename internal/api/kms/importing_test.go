package kms

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"

	"github.com/tink-crypto/tink-go/v2/kwp/subtle"
)

// wrapped wraps raw material for a key and gives what ImportKeyMaterial takes.
func (c *comparison) wrapped(key string, raw []byte, more input) input {
	c.t.Helper()
	spec := "RSA_2048"
	if len(raw) > 190 {
		spec = "RSA_3072"
	}
	token, blob := c.oaep(key, "RSAES_OAEP_SHA_256", spec, raw)
	in := input{
		"KeyId": key, "ImportToken": token, "EncryptedKeyMaterial": base64.StdEncoding.EncodeToString(blob),
		"ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE",
	}
	for k, v := range more {
		in[k] = v
	}
	return in
}

// oaep asks for a public key and encrypts raw with it.
func (c *comparison) oaep(key, algorithm, spec string, raw []byte) (token any, blob []byte) {
	c.t.Helper()
	p := c.ok(c.t, "GetParametersForImport", input{"KeyId": key, "WrappingAlgorithm": algorithm, "WrappingKeySpec": spec})
	der, err := base64.StdEncoding.DecodeString(p["PublicKey"].(string))
	if err != nil {
		c.t.Fatal(err)
	}
	public, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		c.t.Fatal(err)
	}
	blob, err = rsa.EncryptOAEP(sha256.New(), rand.Reader, public.(*rsa.PublicKey), raw, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	return p["ImportToken"], blob
}

// wrappedTwice wraps long material under an AES key and that under RSA. Tink's key wrap is independent of the one that opens it.
func (c *comparison) wrappedTwice(key string, raw []byte) input {
	c.t.Helper()
	kek := random(32)
	token, blob := c.oaep(key, "RSA_AES_KEY_WRAP_SHA_256", "RSA_2048", kek)
	wrapper, err := subtle.NewKWP(kek)
	if err != nil {
		c.t.Fatal(err)
	}
	inner, err := wrapper.Wrap(raw)
	if err != nil {
		c.t.Fatal(err)
	}
	return input{
		"KeyId": key, "ImportToken": token, "EncryptedKeyMaterial": base64.StdEncoding.EncodeToString(append(blob, inner...)),
		"ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE",
	}
}

func (c *comparison) rsa4096() []byte {
	private, err := rsa.GenerateKey(rand.Reader, 4096)
	if err != nil {
		c.t.Fatal(err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		c.t.Fatal(err)
	}
	return raw
}

func random(n int) []byte {
	b := make([]byte, n)
	rand.Read(b)
	return b
}

// external makes a key that waits for material.
func (c *comparison) external(description string) string {
	return c.keyID(input{"Origin": "EXTERNAL", "Description": description})
}

// importCycle describes a key before its import and afterwards, and after its material was deleted where that was recorded.
func (c *comparison) importCycle(in input, raw []byte) {
	c.t.Helper()
	in["Origin"] = "EXTERNAL"
	key := c.keyID(in)
	c.try("describe-key-before-import", "DescribeKey", input{"KeyId": key})
	c.ok(c.t, "ImportKeyMaterial", c.wrapped(key, raw, nil))
	c.try("describe-key-after-import", "DescribeKey", input{"KeyId": key})
	if _, ok := c.steps["describe-key-after-deleted-import"]; ok {
		c.ok(c.t, "DeleteImportedKeyMaterial", input{"KeyId": key})
		c.try("describe-key-after-deleted-import", "DescribeKey", input{"KeyId": key})
	}
}

func (c *comparison) ecc(curve elliptic.Curve) []byte {
	private, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		c.t.Fatal(err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		c.t.Fatal(err)
	}
	return raw
}

func importing() map[string]func(c *comparison, p []string) {
	return map[string]func(c *comparison, p []string){
		"test_get_parameters_for_import": func(c *comparison, _ []string) {
			c.try("response-error", "GetParametersForImport", input{"KeyId": c.keyID(nil), "WrappingAlgorithm": "RSAES_OAEP_SHA_256", "WrappingKeySpec": "RSA_2048"})
		},
		"test_get_parameters_for_import_raises_for_non_external_kms_keys": func(c *comparison, _ []string) {
			c.try("get-import-parameters-error", "GetParametersForImport", input{"KeyId": c.keyID(nil), "WrappingAlgorithm": "RSAES_OAEP_SHA_256", "WrappingKeySpec": "RSA_2048"})
		},
		"test_import_key_symmetric": func(c *comparison, _ []string) {
			made := c.call(c.t, "us-east-1", "CreateKey", input{"Origin": "EXTERNAL"})
			key := made.body["KeyMetadata"].(map[string]any)["KeyId"].(string)
			c.inner("created-key", made, "KeyMetadata")
			encrypt := input{"KeyId": key, "Plaintext": b64("plain")}
			c.try("encrypt-before-import-error", "Encrypt", encrypt)
			c.try("describe-key-before-import", "DescribeKey", input{"KeyId": key})
			raw := random(32)
			c.try("import-expiring-key-without-valid-to", "ImportKeyMaterial", c.wrapped(key, raw, input{"ExpirationModel": "KEY_MATERIAL_EXPIRES"}))
			c.ok(c.t, "ImportKeyMaterial", c.wrapped(key, raw, nil))
			c.try("describe-key-after-import", "DescribeKey", input{"KeyId": key})
			c.ok(c.t, "Encrypt", encrypt)
			c.ok(c.t, "DeleteImportedKeyMaterial", input{"KeyId": key})
			c.try("describe-key-after-deleted-import", "DescribeKey", input{"KeyId": key})
			c.try("encrypt-after-delete-error", "Encrypt", encrypt)
		},
		"test_import_key_asymmetric": func(c *comparison, _ []string) {
			in := input{"Origin": "EXTERNAL", "KeySpec": "ECC_NIST_P256", "KeyUsage": "SIGN_VERIFY"}
			c.inner("created-key", c.call(c.t, "us-east-1", "CreateKey", in), "KeyMetadata")
			c.importCycle(in, c.ecc(elliptic.P256()))
		},
		"test_import_key_ecc_keys": func(c *comparison, p []string) {
			curve := map[string]elliptic.Curve{"ECC_NIST_P256": elliptic.P256(), "ECC_NIST_P384": elliptic.P384(), "ECC_NIST_P521": elliptic.P521()}[p[0]]
			c.importCycle(input{"KeySpec": p[0], "KeyUsage": "SIGN_VERIFY", "Description": "test ecc key import"}, c.ecc(curve))
		},
		"test_import_key_hmac_keys": func(c *comparison, p []string) {
			size := map[string]int{"HMAC_224": 28, "HMAC_256": 32, "HMAC_384": 48, "HMAC_512": 64}[p[0]]
			c.importCycle(input{"KeySpec": p[0], "KeyUsage": "GENERATE_VERIFY_MAC", "Description": "test import hmac key"}, random(size))
		},
		"test_import_key_rsa_aes_wrap_sha256": func(c *comparison, _ []string) {
			key := c.keyID(input{"Origin": "EXTERNAL", "KeySpec": "RSA_4096", "KeyUsage": "ENCRYPT_DECRYPT", "Description": "test-key"})
			c.try("describe-before-import", "DescribeKey", input{"KeyId": key})
			c.ok(c.t, "ImportKeyMaterial", c.wrappedTwice(key, c.rsa4096()))
			c.try("import-key-material-response", "DescribeKey", input{"KeyId": key})
			c.ok(c.t, "DeleteImportedKeyMaterial", input{"KeyId": key})
			c.try("describe-key-after-deleted-import", "DescribeKey", input{"KeyId": key})
		},
		"test_import_key_material_raises_if_there_is_already_key_material_pending": func(c *comparison, _ []string) {
			key := c.external("")
			fresh := input{"ImportType": "NEW_KEY_MATERIAL"}
			c.try("import-initial-material-response", "ImportKeyMaterial", c.wrapped(key, random(32), fresh))
			c.try("import-pending-material-response", "ImportKeyMaterial", c.wrapped(key, random(32), fresh))
			c.try("existing-pending-material-error", "ImportKeyMaterial", c.wrapped(key, random(32), fresh))
		},
		"test_rotate_key_on_demand_on_external_key_with_no_key_material": func(c *comparison, p []string) {
			made := c.call(c.t, "us-east-1", "CreateKey", input{"Origin": "EXTERNAL", "Description": "test-key"})
			key := made.body["KeyMetadata"].(map[string]any)["KeyId"].(string)
			c.inner("create-kms-external-key", made, "KeyMetadata")
			c.try("rotate-key-on-demand-error-response-"+p[0], "RotateKeyOnDemand", input{"KeyId": key})
		},
		"test_rotate_key_on_demand_raises_for_no_pending_key_material": func(c *comparison, _ []string) {
			key := c.external("")
			c.ok(c.t, "ImportKeyMaterial", c.wrapped(key, random(32), nil))
			c.try("rotate-key-on-demand-invalid-state-error", "RotateKeyOnDemand", input{"KeyId": key})
		},
		"test_rotate_key_on_demand_for_external_keys_decrypts_with_previous_material": func(c *comparison, _ []string) {
			made := c.call(c.t, "us-east-1", "CreateKey", input{"Origin": "EXTERNAL", "Description": "test-key"})
			key := made.body["KeyMetadata"].(map[string]any)["KeyId"].(string)
			c.inner("create-kms-external-key", made, "KeyMetadata")
			c.try("import-key-material-response", "ImportKeyMaterial", c.wrapped(key, random(32), nil))
			sealed := c.try("kms-encrypt-initial-response", "Encrypt", input{"KeyId": key, "Plaintext": b64("plain")}).body["CiphertextBlob"]
			c.ok(c.t, "ImportKeyMaterial", c.wrapped(key, random(32), input{"ImportType": "NEW_KEY_MATERIAL"}))
			c.try("rotate-key-on-demand-response", "RotateKeyOnDemand", input{"KeyId": key})
			c.ok(c.t, "Decrypt", input{"CiphertextBlob": sealed})
		},
		"test_rotate_key_on_demand_updates_current_key_material_for_external_keys": func(c *comparison, _ []string) {
			made := c.call(c.t, "us-east-1", "CreateKey", input{"Origin": "EXTERNAL", "Description": "test-key"})
			key := made.body["KeyMetadata"].(map[string]any)["KeyId"].(string)
			c.inner("create-kms-external-key", made, "KeyMetadata")
			c.try("get-import-parameters-response", "GetParametersForImport", input{"KeyId": key, "WrappingAlgorithm": "RSAES_OAEP_SHA_256", "WrappingKeySpec": "RSA_2048"})
			c.try("describe-empty-key-response", "DescribeKey", input{"KeyId": key})
			c.try("import-key-material-response", "ImportKeyMaterial", c.wrapped(key, random(32), nil))
			c.try("describe-key-with-material-response", "DescribeKey", input{"KeyId": key})
			c.try("kms-encrypt-initial-response", "Encrypt", input{"KeyId": key, "Plaintext": b64("plain")})
			c.try("import-new-key-material-response", "ImportKeyMaterial", c.wrapped(key, random(32), input{"ImportType": "NEW_KEY_MATERIAL"}))
			c.try("describe-key-with-new-material-response", "DescribeKey", input{"KeyId": key})
			c.try("rotate-key-on-demand-response", "RotateKeyOnDemand", input{"KeyId": key})
			c.try("describe-key-after-rotation", "DescribeKey", input{"KeyId": key})
			c.try("kms-encrypt-rotated-key-response", "Encrypt", input{"KeyId": key, "Plaintext": b64("plain")})
		},
	}
}
