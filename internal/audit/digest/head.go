package digest

import (
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// HeadFile is the file of the head in the audit folder.
const HeadFile = "head.json"

// Head says how far the journal had come: what lies before it was there, on disk, when it was signed. It is what betrays records that are
// cut off at the end, and covers those that no digest lists yet.
type Head struct {
	Sequence   uint64 `json:"sequence"` // of the last record; 0 where there is none
	Chain      string `json:"chain"`    // after it, in hex
	Digest     string `json:"digest"`   // name of the newest digest, or empty
	DigestHash string `json:"digestHash"`
	Time       string `json:"time"` // when it was signed
	Signature  string `json:"signature"`
}

func (h Head) text() string {
	return strings.Join([]string{"merlon audit head", strconv.FormatUint(h.Sequence, 10), h.Chain, h.Digest, h.DigestHash, h.Time}, "\n")
}

// WriteHead signs h and replaces the head of the audit folder dir.
func WriteHead(dir string, key *Key, h Head, now time.Time) (err error) {
	h.Time = now.UTC().Format(timeFormat)
	if h.Signature, err = key.Sign(h.text()); err != nil {
		return err
	}
	content, err := json.Marshal(h)
	if err != nil {
		return err
	}
	return WriteFile(filepath.Join(dir, HeadFile), append(content, '\n'))
}

// ErrNoHead says that the audit folder has no head.
var ErrNoHead = errors.New("the signed head of the audit journal is missing")

// ReadHead reads the head and checks its signature.
func ReadHead(dir string, key *rsa.PublicKey) (Head, error) {
	content, err := os.ReadFile(filepath.Join(dir, HeadFile))
	if errors.Is(err, fs.ErrNotExist) {
		return Head{}, ErrNoHead
	}
	if err != nil {
		return Head{}, err
	}
	var h Head
	if err := json.Unmarshal(content, &h); err != nil {
		return Head{}, fmt.Errorf("head of the audit journal: %w", err)
	}
	if !Verify(key, h.text(), h.Signature) {
		return Head{}, errors.New("head of the audit journal: the signature does not match: it was changed, or signed with another key")
	}
	return h, nil
}

// Check reports whether the digest was signed with key.
func (s Signed) Check(key *rsa.PublicKey) bool { return Verify(key, s.text(), s.Signature) }
