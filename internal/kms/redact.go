package kms

import "log/slog"

// What holds a plaintext prints as what it is, never as what it holds.

// String names the key that the plaintext was sealed with.
func (d Decrypted) String() string { return "plaintext of " + d.KeyARN }

// GoString is String.
func (d Decrypted) GoString() string { return d.String() }

// LogValue is String, for slog.
func (d Decrypted) LogValue() slog.Value { return slog.StringValue(d.String()) }

// String names the key that the data key is sealed with.
func (d DataKey) String() string { return "data key under " + d.Sealed.KeyARN }

// GoString is String.
func (d DataKey) GoString() string { return d.String() }

// LogValue is String, for slog.
func (d DataKey) LogValue() slog.Value { return slog.StringValue(d.String()) }

// String names the key that the private key is sealed with.
func (d DataKeyPair) String() string { return "data key pair under " + d.Sealed.KeyARN }

// GoString is String.
func (d DataKeyPair) GoString() string { return d.String() }

// LogValue is String, for slog.
func (d DataKeyPair) LogValue() slog.Value { return slog.StringValue(d.String()) }
