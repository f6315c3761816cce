// Package digest signs what the audit journal holds, in the form of CloudTrail's digest files.
//
// Once an hour a digest lists the segments that were closed since the one before, each with its SHA-256, and names the digest before it
// with its hash and signature:
//
//	digest 1 <--- hash, signature --- digest 2 <--- hash, signature --- digest 3 <--- name, hash --- head.json
//	   | SHA-256                         |                                |                            | sequence, chain
//	segment 1, segment 2             (nothing happened)               segment 3                     segment 4, still open
//
// The members and the text that is signed are CloudTrail's, so a digest of a trail that delivers to a bucket is checked by
// `aws cloudtrail validate-logs`; the member merlonSegments holds what locates a record. The signature of a digest is not in it but in a
// file beside it, as S3 metadata holds it at AWS.
package digest

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Folder is where digests lie in the audit folder.
const Folder = "digest"

// Bucket stands for the audit folder where CloudTrail has the name of a bucket.
const Bucket = "merlon-audit"

const (
	hashAlgorithm      = "SHA-256"
	signatureAlgorithm = "SHA256withRSA"
	timeFormat         = "2006-01-02T15:04:05Z"
	nameFormat         = "20060102T150405Z"
	suffix             = ".json"
	signatureSuffix    = ".sig"
)

// Document is one digest. Times are in UTC, to the second; hashes in hex.
type Document struct {
	Account              string    `json:"awsAccountId"`
	Start                string    `json:"digestStartTime"`
	End                  string    `json:"digestEndTime"`
	Bucket               string    `json:"digestS3Bucket"`
	Object               string    `json:"digestS3Object"`
	KeyFingerprint       string    `json:"digestPublicKeyFingerprint"`
	Algorithm            string    `json:"digestSignatureAlgorithm"`
	Newest               *string   `json:"newestEventTime"`
	Oldest               *string   `json:"oldestEventTime"`
	PreviousBucket       *string   `json:"previousDigestS3Bucket"`
	PreviousObject       *string   `json:"previousDigestS3Object"`
	PreviousHash         *string   `json:"previousDigestHashValue"`
	PreviousHashKind     *string   `json:"previousDigestHashAlgorithm"`
	PreviousSignature    *string   `json:"previousDigestSignature"`
	Files                []File    `json:"logFiles"`
	Segments             []Segment `json:"merlonSegments"`
	PreviousLastSequence uint64    `json:"merlonPreviousLastSequence"`
}

// File is a log file in a digest.
type File struct {
	Bucket    string `json:"s3Bucket"`
	Object    string `json:"s3Object"`
	Hash      string `json:"hashValue"` // of the uncompressed content
	Algorithm string `json:"hashAlgorithm"`
	Newest    string `json:"newestEventTime"`
	Oldest    string `json:"oldestEventTime"`
}

// Segment is what CloudTrail does not tell of a log file, for the file at the same place in Files.
type Segment struct {
	First uint64 `json:"firstSequence"`
	Last  uint64 `json:"lastSequence"`
	Size  int64  `json:"size"`
	Chain string `json:"chain"` // after the last record
	// Marks are the chain after every record whose sequence is a multiple of MarkEvery.
	Marks []string `json:"marks"`
}

// MarkEvery is the distance of two marks. Where somebody has rewritten records with everything behind them, the change is located
// between two marks; every other change is located exactly.
const MarkEvery = 1024

// Signed is a digest as it was written.
type Signed struct {
	Document
	Name      string // of its file, without the folder
	Hash      string // of the file
	Signature string
}

// Period is what the next digest covers.
type Period struct {
	Account      string
	Start, End   time.Time
	Bucket       string
	Object       string
	Files        []File
	Segments     []Segment
	LastSequence uint64 // of the records before Segments
}

// New makes the digest of a period that follows previous, which is nil for the first one, and signs it.
func New(key *Key, p Period, previous *Signed) (Signed, []byte, error) {
	d := Document{
		Account: p.Account, Start: p.Start.UTC().Format(timeFormat), End: p.End.UTC().Format(timeFormat),
		Bucket: p.Bucket, Object: p.Object, KeyFingerprint: key.Public().Fingerprint, Algorithm: signatureAlgorithm,
		Files: append([]File{}, p.Files...), Segments: append([]Segment{}, p.Segments...), PreviousLastSequence: p.LastSequence,
	}
	for i := range d.Files {
		f := &d.Files[i]
		f.Bucket, f.Algorithm = p.Bucket, hashAlgorithm
		if d.Oldest == nil || f.Oldest < *d.Oldest {
			d.Oldest = &f.Oldest
		}
		if d.Newest == nil || f.Newest > *d.Newest {
			d.Newest = &f.Newest
		}
	}
	if previous != nil {
		d.PreviousBucket, d.PreviousObject = &previous.Bucket, &previous.Object
		d.PreviousHash, d.PreviousHashKind = &previous.Hash, new(hashAlgorithm)
		d.PreviousSignature = &previous.Signature
	}
	content, err := json.Marshal(d)
	if err != nil {
		return Signed{}, nil, fmt.Errorf("encode digest: %w", err)
	}
	s := Signed{Document: d, Name: filepath.Base(p.Object), Hash: hash(content)}
	if s.Signature, err = key.Sign(s.text()); err != nil {
		return Signed{}, nil, err
	}
	return s, content, nil
}

// Text is what is signed, as the AWS CLI puts it together.
func (s Signed) text() string {
	previous := "null"
	if s.PreviousSignature != nil {
		previous = *s.PreviousSignature
	}
	return strings.Join([]string{s.End, s.Bucket + "/" + s.Object, s.Hash, previous}, "\n")
}

// Name gives the file name of the digest that ends at end.
func Name(end time.Time) string { return "digest-" + end.UTC().Format(nameFormat) + suffix }

// Write puts a digest into the audit folder dir. It is complete when its own file is there, which is written last.
func Write(dir string, s Signed, content []byte) error {
	folder := filepath.Join(dir, Folder)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	path := filepath.Join(folder, s.Name)
	if err := WriteFile(strings.TrimSuffix(path, suffix)+signatureSuffix, []byte(s.Signature+"\n")); err != nil {
		return err
	}
	if err := WriteFile(path, content); err != nil {
		return err
	}
	return SyncFolder(folder)
}

// Names gives the names of all digests in the audit folder dir, oldest first.
func Names(dir string) ([]string, error) {
	entries, err := os.ReadDir(filepath.Join(dir, Folder))
	if os.IsNotExist(err) {
		return nil, nil
	}
	var names []string
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), "digest-") && strings.HasSuffix(e.Name(), suffix) {
			names = append(names, e.Name())
		}
	}
	return names, err // ReadDir sorts, and the names sort by time
}

// Read reads a digest; it does not check it.
func Read(dir, name string) (Signed, error) {
	path := filepath.Join(dir, Folder, name)
	content, err := os.ReadFile(path)
	if err != nil {
		return Signed{}, err
	}
	signature, err := os.ReadFile(strings.TrimSuffix(path, suffix) + signatureSuffix)
	if err != nil {
		return Signed{}, err
	}
	s := Signed{Name: name, Hash: hash(content), Signature: strings.TrimSpace(string(signature))}
	if err := json.Unmarshal(content, &s.Document); err != nil {
		return Signed{}, fmt.Errorf("read %s: %w", name, err)
	}
	if len(s.Segments) != len(s.Files) {
		return Signed{}, fmt.Errorf("read %s: %d files and %d segments", name, len(s.Files), len(s.Segments))
	}
	return s, nil
}

func hash(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}
