package material

import (
	"crypto"
	"errors"
	"fmt"

	"merlon.dev/merlon/internal/fault"
)

// MessageType says what is handed in to be signed.
type MessageType string

// The message types.
const (
	Raw    MessageType = "RAW"    // the message, at most 4,096 bytes; KMS takes the digest
	Digest MessageType = "DIGEST" // the digest of the message
)

// Message is what is signed.
type Message struct {
	Type MessageType
	Data []byte
}

// digest gives the digest of m for algorithm, whose hash is h.
func (m Message) digest(algorithm Algorithm, h crypto.Hash) ([]byte, error) {
	switch m.Type {
	case Raw:
		sum := h.New()
		sum.Write(m.Data)
		return sum.Sum(nil), nil
	case Digest:
		if len(m.Data) != h.Size() {
			return nil, fault.New(fault.Invalid, "Digest is invalid length for algorithm %s.", algorithm)
		}
		return m.Data, nil
	default:
		return nil, fmt.Errorf("no message type %q", m.Type)
	}
}

// errAlgorithm says that the caller did not look into Spec.Algorithms first.
var errAlgorithm = errors.New("the algorithm does not fit the key material")

func errNotMaterial(spec Spec) error {
	return fault.New(fault.Invalid, "The key material is not a %s key.", spec)
}
