package material

import (
	"context"

	"merlon.dev/merlon/internal/envelope"
)

// symmetric is an AES key of 256 bits.
type symmetric struct{ keys *envelope.Keyset }

var _ Crypter = symmetric{}

func generateSymmetric(Spec) (Material, error) {
	keys, err := envelope.NewKeyset()
	if err != nil {
		return nil, err
	}
	return symmetric{keys}, nil
}

func parseSymmetric(_ Spec, raw []byte) (Material, error) {
	keys, err := envelope.ImportKeyset(raw)
	if err != nil {
		return nil, err
	}
	return symmetric{keys}, nil
}

func (symmetric) Spec() Spec { return Symmetric }

func (m symmetric) Wrap(ctx context.Context, s envelope.Sealer, encryptionContext map[string]string) ([]byte, error) {
	return m.keys.Wrap(ctx, s, encryptionContext)
}

func (m symmetric) Encrypt(algorithm Algorithm, plaintext, associatedData []byte) ([]byte, error) {
	if algorithm != SymmetricDefault {
		return nil, errAlgorithm
	}
	return m.keys.Encrypt(plaintext, associatedData)
}

func (m symmetric) Decrypt(algorithm Algorithm, ciphertext, associatedData []byte) ([]byte, error) {
	if algorithm != SymmetricDefault {
		return nil, errAlgorithm
	}
	return m.keys.Decrypt(ciphertext, associatedData)
}
