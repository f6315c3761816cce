package material

import "slices"

// Spec is a key spec of KMS.
type Spec string

// The key specs that Merlon has. SM2, ECC_SECG_P256K1, ML_DSA and ML_KEM are AWS's alone.
const (
	Symmetric    Spec = "SYMMETRIC_DEFAULT"
	RSA2048      Spec = "RSA_2048"
	RSA3072      Spec = "RSA_3072"
	RSA4096      Spec = "RSA_4096"
	P256         Spec = "ECC_NIST_P256"
	P384         Spec = "ECC_NIST_P384"
	P521         Spec = "ECC_NIST_P521"
	Edwards25519 Spec = "ECC_NIST_EDWARDS25519"
	HMAC224      Spec = "HMAC_224"
	HMAC256      Spec = "HMAC_256"
	HMAC384      Spec = "HMAC_384"
	HMAC512      Spec = "HMAC_512"
)

// Usage is what a KMS key is for; it never changes.
type Usage string

// The key usages.
const (
	EncryptDecrypt    Usage = "ENCRYPT_DECRYPT"
	SignVerify        Usage = "SIGN_VERIFY"
	GenerateVerifyMAC Usage = "GENERATE_VERIFY_MAC"
	KeyAgreement      Usage = "KEY_AGREEMENT"
)

// Algorithm is how a key is used in one call.
type Algorithm string

// The algorithms, as KMS names them.
const (
	SymmetricDefault Algorithm = "SYMMETRIC_DEFAULT"
	OAEPSHA1         Algorithm = "RSAES_OAEP_SHA_1"
	OAEPSHA256       Algorithm = "RSAES_OAEP_SHA_256"
	PSSSHA256        Algorithm = "RSASSA_PSS_SHA_256"
	PSSSHA384        Algorithm = "RSASSA_PSS_SHA_384"
	PSSSHA512        Algorithm = "RSASSA_PSS_SHA_512"
	PKCS1SHA256      Algorithm = "RSASSA_PKCS1_V1_5_SHA_256"
	PKCS1SHA384      Algorithm = "RSASSA_PKCS1_V1_5_SHA_384"
	PKCS1SHA512      Algorithm = "RSASSA_PKCS1_V1_5_SHA_512"
	ECDSASHA256      Algorithm = "ECDSA_SHA_256"
	ECDSASHA384      Algorithm = "ECDSA_SHA_384"
	ECDSASHA512      Algorithm = "ECDSA_SHA_512"
	Ed25519          Algorithm = "ED25519_SHA_512"
	Ed25519Prehashed Algorithm = "ED25519_PH_SHA_512"
	HMACSHA224       Algorithm = "HMAC_SHA_224"
	HMACSHA256       Algorithm = "HMAC_SHA_256"
	HMACSHA384       Algorithm = "HMAC_SHA_384"
	HMACSHA512       Algorithm = "HMAC_SHA_512"
	ECDH             Algorithm = "ECDH"
)

// Valid reports whether s is a spec that Merlon has.
func (s Spec) Valid() bool {
	_, ok := s.family()
	return ok
}

// Usages gives what keys of the spec may be for, the usual one first.
func (s Spec) Usages() []Usage {
	switch s {
	case Symmetric:
		return []Usage{EncryptDecrypt}
	case RSA2048, RSA3072, RSA4096:
		return []Usage{EncryptDecrypt, SignVerify}
	case P256, P384, P521:
		return []Usage{SignVerify, KeyAgreement}
	case Edwards25519:
		return []Usage{SignVerify}
	case HMAC224, HMAC256, HMAC384, HMAC512:
		return []Usage{GenerateVerifyMAC}
	default:
		return nil
	}
}

// Asymmetric reports whether keys of the spec have a public part.
func (s Spec) Asymmetric() bool {
	return s.Valid() && s != Symmetric && !slices.Contains(s.Usages(), GenerateVerifyMAC)
}

// Algorithms gives what a key of the spec and usage can do, in KMS's order.
func (s Spec) Algorithms(u Usage) []Algorithm {
	if !slices.Contains(s.Usages(), u) {
		return nil
	}
	switch s {
	case Symmetric:
		return []Algorithm{SymmetricDefault}
	case RSA2048, RSA3072, RSA4096:
		if u == EncryptDecrypt {
			return []Algorithm{OAEPSHA1, OAEPSHA256}
		}
		return []Algorithm{PKCS1SHA256, PKCS1SHA384, PKCS1SHA512, PSSSHA256, PSSSHA384, PSSSHA512}
	case P256, P384, P521:
		if u == KeyAgreement {
			return []Algorithm{ECDH}
		}
		return []Algorithm{map[Spec]Algorithm{P256: ECDSASHA256, P384: ECDSASHA384, P521: ECDSASHA512}[s]}
	case Edwards25519:
		return []Algorithm{Ed25519, Ed25519Prehashed}
	case HMAC224:
		return []Algorithm{HMACSHA224}
	case HMAC256:
		return []Algorithm{HMACSHA256}
	case HMAC384:
		return []Algorithm{HMACSHA384}
	case HMAC512:
		return []Algorithm{HMACSHA512}
	default:
		return nil
	}
}
