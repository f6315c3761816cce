package kms

import (
	"context"

	"merlon.dev/merlon/internal/envelope"
	"merlon.dev/merlon/internal/kms/material"
)

// ReEncryptInput moves a ciphertext to another key or context; the plaintext never leaves.
type ReEncryptInput struct {
	Ciphertext []byte
	// Source and Destination share the grant tokens and DryRun of Source.
	Source               Use
	SourceAlgorithm      material.Algorithm
	Destination          Use
	DestinationAlgorithm material.Algorithm
}

// ReEncrypted is what became of it; Plaintext of From is already wiped.
type ReEncrypted struct {
	From Decrypted
	To   Encrypted
}

// ReEncrypt opens a ciphertext and seals its plaintext again.
func (s *Service) ReEncrypt(ctx context.Context, scope Scope, in ReEncryptInput) (ReEncrypted, error) {
	opened, err := s.decrypt(ctx, scope, DecryptInput{Use: in.Source, Algorithm: in.SourceAlgorithm, Ciphertext: in.Ciphertext})
	if err != nil {
		return ReEncrypted{}, err
	}
	defer envelope.Zero(opened.Plaintext)
	sealed, err := s.encrypt(ctx, scope, EncryptInput{Use: in.Destination, Algorithm: in.DestinationAlgorithm, Plaintext: opened.Plaintext}, "ReEncryptTo")
	if err != nil {
		return ReEncrypted{}, err
	}
	if in.Source.DryRun {
		return ReEncrypted{}, errDryRun()
	}
	return ReEncrypted{From: Decrypted{KeyARN: opened.KeyARN, MaterialID: opened.MaterialID, Algorithm: opened.Algorithm}, To: sealed}, nil
}
