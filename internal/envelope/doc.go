// Package envelope seals what Merlon keeps at rest, under keys that lead back to one root secret.
//
// # The hierarchy
//
//	root secret        an age identity, a passphrase or a transit server; never in the data folder in production
//	  |  wraps
//	wrapping keyset    one Keyring a server; its record lies in the store, wrapped
//	  |  seals
//	KMS key material   a Keyset a material, kept by kms; and the other secrets of the server, such as access keys
//	  |  wraps
//	data keys          32 bytes for one body each, kept wrapped beside it
//	  |  seal
//	bodies             guardrail configurations, objects, artifacts
//
// # The encryption context
//
// Everything is sealed in an encryption context, a map of names to values that is not secret, says what the plaintext is for and must
// be given again, pair for pair, to open it. It is associated data of the AEAD, so a ciphertext that is moved to another place does
// not open there.
//
// # Formats
//
// The first byte says which format follows; it is authenticated with the rest.
//
//	0x01 | tink ciphertext                                            sealed by a Keyring
//	0x02 | length of wrapped (uvarint) | wrapped | nonce | body | tag  sealed under a data key, which is in wrapped
//
// Keyrings and Keysets use XAES-256-GCM (C2SP), which is AES-256-GCM under a key derived for each message: random nonces of plain
// AES-GCM must not be drawn more than 2^32 times, which a busy key reaches. A data key seals few messages and uses AES-256-GCM itself.
package envelope
