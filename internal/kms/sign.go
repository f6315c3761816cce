package kms

import (
	"context"
	"crypto/subtle"

	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/kms/material"
)

// SignInput is a message to be signed or, with Signature, to be verified.
type SignInput struct {
	Use
	Algorithm material.Algorithm
	Message   material.Message
	Signature []byte
}

// Sign signs a message.
func (s *Service) Sign(ctx context.Context, scope Scope, in SignInput) (keyARN string, signature []byte, err error) {
	h, m, err := s.signer(ctx, scope, in, "Sign")
	if err != nil {
		return "", nil, err
	}
	if signature, err = m.Sign(in.Algorithm, in.Message); err == nil && bool(in.DryRun) {
		err = errDryRun()
	}
	if err != nil {
		return "", nil, err
	}
	return h.arn, signature, nil
}

// Verify gives the key's ARN where in.Signature is one of the message, and else a fault of reason InvalidSignature.
func (s *Service) Verify(ctx context.Context, scope Scope, in SignInput) (keyARN string, err error) {
	h, m, err := s.signer(ctx, scope, in, "Verify")
	if err != nil {
		return "", err
	}
	valid, err := m.Verify(in.Algorithm, in.Message, in.Signature)
	switch {
	case err != nil:
		return "", err
	case !valid:
		return "", refuse(fault.Invalid, InvalidSignature, "")
	case bool(in.DryRun):
		return "", errDryRun()
	default:
		return h.arn, nil
	}
}

func (s *Service) signer(ctx context.Context, scope Scope, in SignInput, operation string) (*held, material.Signer, error) {
	h, err := s.usable(ctx, scope, in.Use, operation, material.SignVerify, in.Algorithm)
	if err != nil {
		return nil, nil, err
	}
	m, _, err := currentAs[material.Signer](h)
	return h, m, err
}

// PublicKey gives the public part of an asymmetric key, DER of a SubjectPublicKeyInfo.
func (s *Service) PublicKey(ctx context.Context, scope Scope, u Use) (Description, []byte, error) {
	if err := s.check(ctx, u); err != nil {
		return Description{}, nil, err
	}
	h, err := s.find(ctx, scope, u.KeyID)
	if err != nil {
		return Description{}, nil, err
	}
	if !h.Spec.Asymmetric() {
		return Description{}, nil, refuse(fault.Invalid, Unsupported, "%s key spec is %s which is not valid for GetPublicKey.", h.arn, h.Spec)
	}
	if err := h.must(toUse, s.now()); err != nil {
		return Description{}, nil, err
	}
	m, _, err := currentAs[interface {
		material.Material
		material.Publisher
	}](h)
	if err != nil {
		return Description{}, nil, err
	}
	public, err := m.PublicKey()
	return h.describe(s.now()), public, err
}

// AgreeInput is the public key of somebody to share a secret with.
type AgreeInput struct {
	Use
	Peer []byte // DER of a SubjectPublicKeyInfo
}

// Agree gives the raw secret that the key shares with a peer; who gets it wipes it.
func (s *Service) Agree(ctx context.Context, scope Scope, in AgreeInput) (key Description, secret []byte, err error) {
	h, err := s.usable(ctx, scope, in.Use, "DeriveSharedSecret", material.KeyAgreement, material.ECDH)
	if err != nil {
		return Description{}, nil, err
	}
	m, _, err := currentAs[material.Agreer](h)
	if err != nil {
		return Description{}, nil, err
	}
	if secret, err = m.Agree(in.Peer); err == nil && bool(in.DryRun) {
		err = errDryRun()
	}
	if err != nil {
		return Description{}, nil, err
	}
	return h.describe(s.now()), secret, nil
}

// MACInput is a message for a message authentication code or, with MAC, one to be checked.
type MACInput struct {
	Use
	Algorithm material.Algorithm
	Message   []byte
	MAC       []byte
}

// GenerateMAC gives the code of a message.
func (s *Service) GenerateMAC(ctx context.Context, scope Scope, in MACInput) (keyARN string, mac []byte, err error) {
	h, mac, err := s.mac(ctx, scope, in, "GenerateMac")
	if err == nil && bool(in.DryRun) {
		err = errDryRun()
	}
	if err != nil {
		return "", nil, err
	}
	return h.arn, mac, nil
}

// VerifyMAC gives the key's ARN where in.MAC is the code of the message, and else a fault of reason InvalidMAC.
func (s *Service) VerifyMAC(ctx context.Context, scope Scope, in MACInput) (keyARN string, err error) {
	h, mac, err := s.mac(ctx, scope, in, "VerifyMac")
	switch {
	case err != nil:
		return "", err
	case subtle.ConstantTimeCompare(mac, in.MAC) != 1:
		return "", refuse(fault.Invalid, InvalidMAC, "")
	case bool(in.DryRun):
		return "", errDryRun()
	default:
		return h.arn, nil
	}
}

func (s *Service) mac(ctx context.Context, scope Scope, in MACInput, operation string) (*held, []byte, error) {
	h, err := s.usable(ctx, scope, in.Use, operation, material.GenerateVerifyMAC, in.Algorithm)
	if err != nil {
		return nil, nil, err
	}
	m, _, err := currentAs[material.Authenticator](h)
	if err != nil {
		return nil, nil, err
	}
	return h, m.MAC(in.Message), nil
}
