package lookup

import (
	"encoding/binary"
	"encoding/json"
	"hash/fnv"
	"strings"
	"time"

	"merlon.dev/merlon/internal/arn"
)

// entrySize is the size of an entry in an index file.
const entrySize = 11 * 8

// entry is what the index knows of one record. Texts are hashes.
type entry struct {
	sequence, offset, length, at    uint64 // at in seconds since 1970
	scope                           uint64 // account and Region
	id, name, source, user, keyUsed uint64
	// resources has a bit for each name and type of a resource, and the lowest one where the call reads alone.
	resources uint64
}

func (e *entry) append(dst []byte) []byte {
	for _, v := range []uint64{e.sequence, e.offset, e.length, e.at, e.scope, e.id, e.name, e.source, e.user, e.keyUsed, e.resources} {
		dst = binary.LittleEndian.AppendUint64(dst, v)
	}
	return dst
}

func parseEntry(b []byte) (e entry) {
	for i, v := range []*uint64{&e.sequence, &e.offset, &e.length, &e.at, &e.scope, &e.id, &e.name, &e.source, &e.user, &e.keyUsed, &e.resources} {
		*v = binary.LittleEndian.Uint64(b[8*i:])
	}
	return e
}

func hashOf(parts ...string) uint64 {
	h := fnv.New64a()
	for _, p := range parts {
		_, _ = h.Write([]byte(p)) // a hash takes everything
		_, _ = h.Write([]byte{0})
	}
	return h.Sum64()
}

// bit gives one of the upper 63 bits.
func bit(text string) uint64 { return 1 << (1 + hashOf(text)%63) }

// Event is a management event.
type Event struct {
	Sequence    uint64
	ID          string
	Name        string
	Source      string
	Time        time.Time
	ReadOnly    bool
	AccessKeyID string
	Username    string
	Resources   []Resource
	Record      string // JSON
}

// Resource is what an event was about.
type Resource struct{ Type, Name string }

// fields are the members of a record that events can be found by.
type fields struct {
	UserIdentity struct {
		Type        string `json:"type"`
		ARN         string `json:"arn"`
		AccessKeyID string `json:"accessKeyId"`
		UserName    string `json:"userName"`
	} `json:"userIdentity"`
	Time       time.Time `json:"eventTime"`
	Source     string    `json:"eventSource"`
	Name       string    `json:"eventName"`
	Region     string    `json:"awsRegion"`
	ID         string    `json:"eventID"`
	ReadOnly   bool      `json:"readOnly"`
	Management bool      `json:"managementEvent"`
	Recipient  string    `json:"recipientAccountId"`
	Resources  []struct {
		Type string `json:"type"`
		ARN  string `json:"ARN"`
	} `json:"resources"`
}

func parse(record []byte) (f fields, err error) {
	err = json.Unmarshal(record, &f)
	return f, err
}

// username gives the name that CloudTrail's look-up knows a caller by: of a role its session's.
func (f *fields) username() string {
	if f.UserIdentity.UserName != "" {
		return f.UserIdentity.UserName
	}
	parsed, err := arn.Parse(f.UserIdentity.ARN)
	if err != nil {
		return ""
	}
	return parsed.Resource[strings.LastIndexByte(parsed.Resource, '/')+1:]
}

// shortName gives the name in an ARN, such as "abc" of ...:guardrail/abc.
func shortName(name string) string {
	parsed, err := arn.Parse(name)
	if err != nil {
		return name
	}
	return parsed.Resource[strings.LastIndexByte(parsed.Resource, '/')+1:]
}

func (f *fields) entry(sequence, offset uint64, length int) entry {
	e := entry{
		sequence: sequence, offset: offset, length: uint64(length), at: uint64(f.Time.Unix()),
		scope: hashOf(f.Recipient, f.Region), id: hashOf(f.ID), name: hashOf(f.Name), source: hashOf(f.Source),
		user: hashOf(f.username()), keyUsed: hashOf(f.UserIdentity.AccessKeyID),
	}
	for _, r := range f.Resources {
		e.resources |= bit(r.Type) | bit(r.ARN) | bit(shortName(r.ARN))
	}
	if f.ReadOnly {
		e.resources |= 1
	}
	return e
}

func (f *fields) event(sequence uint64, record []byte) Event {
	e := Event{
		Sequence: sequence, ID: f.ID, Name: f.Name, Source: f.Source, Time: f.Time, ReadOnly: f.ReadOnly,
		AccessKeyID: f.UserIdentity.AccessKeyID, Username: f.username(), Record: string(record),
	}
	for _, r := range f.Resources {
		e.Resources = append(e.Resources, Resource{r.Type, r.ARN})
	}
	return e
}
