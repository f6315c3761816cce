package iam

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"strconv"
	"strings"

	"merlon.dev/merlon/internal/secret"
)

// The prefixes of unique ids. Source: IAM User Guide, "IAM identifiers".
const (
	userPrefix       = "AIDA"
	rolePrefix       = "AROA"
	groupPrefix      = "AGPA"
	policyPrefix     = "ANPA"
	keyPrefix        = "AKIA"
	sessionPrefix    = "ASIA"
	credentialPrefix = "ACCA"
)

var base32Text = base32.StdEncoding.WithPadding(base32.NoPadding)

// prefixOf gives the prefix of a kind's unique ids.
func prefixOf(kind Kind) string {
	switch kind {
	case Role:
		return rolePrefix
	case Group:
		return groupPrefix
	default:
		return userPrefix
	}
}

// newID gives a unique id: the prefix and 17 characters, 85 random bits.
func newID(prefix string) string {
	var b [11]byte
	rand.Read(b[:])
	return prefix + base32Text.EncodeToString(b[:])[:17]
}

// newKeyID gives the id of an access key. Like AWS's it tells the account to who knows where to look: of its 80 bits the first is set,
// 40 are the account and the rest are random.
func newKeyID(prefix, account string) string {
	var b [10]byte
	rand.Read(b[:])
	number, _ := strconv.ParseUint(account, 10, 40) // accounts have 12 digits, fewer than 40 bits
	var head [8]byte
	binary.BigEndian.PutUint64(head[:], 1<<47|number<<7|uint64(b[5]&0x7f))
	copy(b[:6], head[2:])
	return prefix + base32Text.EncodeToString(b[:])
}

// AccountOfKey gives the account that an access key id of Merlon belongs to, whether or not the key exists.
func AccountOfKey(id string) (string, bool) {
	if len(id) != 20 || !strings.HasPrefix(id, keyPrefix) && !strings.HasPrefix(id, sessionPrefix) {
		return "", false
	}
	b, err := base32Text.DecodeString(id[4:])
	if err != nil || b[0]&0x80 == 0 {
		return "", false
	}
	number := binary.BigEndian.Uint64(append([]byte{0, 0}, b[:6]...)) & (1<<47 - 1) >> 7
	text := strconv.FormatUint(number, 10)
	if len(text) > 12 {
		return "", false
	}
	return strings.Repeat("0", 12-len(text)) + text, true
}

// NewSessionKeyID gives the id of a temporary access key of the account.
func NewSessionKeyID(account string) string { return newKeyID(sessionPrefix, account) }

// NewSecret gives a secret access key: 40 characters, 240 random bits.
func NewSecret() secret.String {
	var b [30]byte
	rand.Read(b[:])
	return secret.New(base64.StdEncoding.EncodeToString(b[:]))
}
