// Package kms is the domain of KMS keys: who may hold what key material, in which state, and what may be done with it.
//
// # Key, material, alias, grant
//
// A key is a name with a policy, a state and a history of materials. Its current material seals; older ones only open. A rotation adds a
// material and never changes the key's ARN. An alias leads to a key. A grant lets a principal do some operations beside the policy.
//
// # States
//
//	CreateKey                                 CreateKey, origin EXTERNAL
//	    |                                                |
//	    v         DisableKey                             v
//	Enabled <----------------> Disabled            PendingImport
//	 |   ^        EnableKey       |   ^              |       ^
//	 |   |                        |   |   Import...  |       |  DeleteImportedKeyMaterial,
//	 |   +------------------------|---|--------------+       |  the material expired
//	 |                            |   |                      |
//	 +--- ScheduleKeyDeletion ----+   | CancelKeyDeletion    (from Enabled and Disabled)
//	              |                   |
//	              v                   |
//	       PendingDeletion -----------+
//	              |
//	              v  7 to 30 days
//	            gone, with materials, aliases and grants
//
// PendingImport is not stored: it is how a key without all its materials shows. Deletion and expiry take effect at their time, whether or
// not Service.Sweep has removed the rows by then.
//
// # Who may
//
// The domain takes calls that were authorised. What the authorise phase has to know of a key, it asks Service.Access for.
//
// # Ciphertexts
//
// A symmetric ciphertext names its key and material, so that Decrypt needs no key id:
//
//	0x01 | form of the id | id, 16 bytes | material id, 32 bytes | salt, nonce, body, tag
//
// All of it is authenticated, with the encryption context.
package kms
