package kms

import (
	"encoding/hex"
	"errors"

	"merlon.dev/merlon/internal/envelope"
	"merlon.dev/merlon/internal/kms/material"
)

// The layout of a symmetric ciphertext; see the package comment.
const (
	blobVersion byte = 1
	headSize         = 1 + 1 + 16 + 32
)

// blob is a symmetric ciphertext taken apart, not yet believed.
type blob struct {
	keyID, materialID string
	head, body        []byte
}

// parseBlob gives a fault of reason InvalidCiphertext for what has not the form.
func parseBlob(ciphertext []byte) (blob, error) {
	if len(ciphertext) <= headSize || ciphertext[0] != blobVersion {
		return blob{}, errCiphertext()
	}
	head := ciphertext[:headSize]
	id, ok := unpackID(head[2:18], head[1])
	if !ok {
		return blob{}, errCiphertext()
	}
	return blob{keyID: id, materialID: hex.EncodeToString(head[18:]), head: head, body: ciphertext[headSize:]}, nil
}

// associated binds a body to its head and the encryption context.
func associated(head []byte, encryptionContext map[string]string) []byte {
	return envelope.AppendContext(append([]byte("merlon kms"), head...), encryptionContext)
}

// seal gives a self-describing ciphertext under the current material.
func (h *held) seal(plaintext []byte, encryptionContext map[string]string) (materialID string, ciphertext []byte, err error) {
	m, row, err := currentAs[material.Crypter](h)
	if err != nil {
		return "", nil, err
	}
	id, form, ok := packID(h.ID)
	materialBytes, err := hex.DecodeString(row.ID)
	if !ok || err != nil || len(materialBytes) != 32 {
		return "", nil, errors.New("the key has an id that does not fit into a ciphertext")
	}
	head := make([]byte, 0, headSize+len(plaintext)+64)
	head = append(head, blobVersion, form)
	head = append(append(head, id[:]...), materialBytes...)
	body, err := m.Encrypt(material.SymmetricDefault, plaintext, associated(head, encryptionContext))
	return row.ID, append(head, body...), err
}

// unseal opens what seal made with any of the key's materials.
func (h *held) unseal(b blob, encryptionContext map[string]string) ([]byte, error) {
	row := h.material(b.materialID)
	if row == nil {
		return nil, errCiphertext()
	}
	m, ok := row.open.(material.Crypter)
	if !ok {
		return nil, errCiphertext()
	}
	plaintext, err := m.Decrypt(material.SymmetricDefault, b.body, associated(b.head, encryptionContext))
	if errors.Is(err, envelope.ErrOpen) {
		return nil, errCiphertext()
	}
	return plaintext, err
}
