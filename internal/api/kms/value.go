package kms

import (
	"time"

	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/kms"
	"merlon.dev/merlon/internal/kms/material"
	"merlon.dev/merlon/internal/operation"
	"merlon.dev/merlon/internal/pagination"
	wire "merlon.dev/merlon/internal/wire/kms"
)

// text gives the value, or "" where it is absent.
func text[T ~string](s *T) string {
	if s == nil {
		return ""
	}
	return string(*s)
}

// domain gives an enumeration's value in the domain's type. The wire's checks have refused every value that is not listed.
func domain[To, From ~string](value *From) To { return To(text(value)) }

// optional gives nil for an empty value.
func optional[To, From ~string](s From) *To {
	if s == "" {
		return nil
	}
	return new(To(s))
}

// moment gives nil for an unset time.
func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func truth(b *bool) bool { return b != nil && *b }

func number(n *int32) int {
	if n == nil {
		return 0
	}
	return int(*n)
}

// words maps a list of enumeration values.
func words[To, From ~string](from []From) []To {
	var to []To
	for _, value := range from {
		to = append(to, To(value))
	}
	return to
}

// use gives what calls with key material share.
func use(key *string, context map[string]string, tokens []string, dryRun *bool) kms.Use {
	return kms.Use{KeyID: text(key), EncryptionContext: context, GrantTokens: tokens, DryRun: kms.DryRunMode(truth(dryRun))}
}

func tagsOf(in []wire.Tag) []kms.Tag {
	var out []kms.Tag
	for _, t := range in {
		out = append(out, kms.Tag{Key: text(t.TagKey), Value: text(t.TagValue)})
	}
	return out
}

// metadata gives a key as the wire shows it.
func metadata(d kms.Description) *wire.KeyMetadata {
	m := &wire.KeyMetadata{
		AWSAccountId: &d.Account, KeyId: &d.ID, Arn: new(d.ARN()), CreationDate: &d.CreatedAt, Enabled: new(d.State == kms.Enabled),
		Description: &d.Description, KeyUsage: new(wire.KeyUsageType(d.Usage)), KeyState: new(wire.KeyState(d.State)),
		DeletionDate: moment(d.DeletionAt), ValidTo: moment(d.ValidTo), Origin: new(wire.OriginType(d.Origin)),
		KeyManager: new(wire.KeyManagerType(d.Manager)), KeySpec: new(wire.KeySpec(d.Spec)),
		CustomerMasterKeySpec: new(wire.CustomerMasterKeySpec(d.Spec)), MultiRegion: &d.MultiRegion,
		CurrentKeyMaterialId: optional[string](d.CurrentMaterial),
	}
	switch algorithms := d.Spec.Algorithms(d.Usage); d.Usage {
	case material.EncryptDecrypt:
		m.EncryptionAlgorithms = words[wire.EncryptionAlgorithmSpec](algorithms)
	case material.SignVerify:
		m.SigningAlgorithms = words[wire.SigningAlgorithmSpec](algorithms)
	case material.GenerateVerifyMAC:
		m.MacAlgorithms = words[wire.MacAlgorithmSpec](algorithms)
	case material.KeyAgreement:
		m.KeyAgreementAlgorithms = words[wire.KeyAgreementAlgorithmSpec](algorithms)
	}
	if d.Imported {
		m.ExpirationModel = new(expirationOf(d.ValidTo))
	}
	if d.MultiRegion {
		m.MultiRegionConfiguration = &wire.MultiRegionConfiguration{
			MultiRegionKeyType: new(wire.MultiRegionKeyTypePrimary), PrimaryKey: &wire.MultiRegionKey{Arn: new(d.ARN()), Region: &d.Region},
			ReplicaKeys: []wire.MultiRegionKey{},
		}
	}
	return m
}

func expirationOf(validTo time.Time) wire.ExpirationModelType {
	if validTo.IsZero() {
		return wire.ExpirationModelTypeKeyMaterialDoesNotExpire
	}
	return wire.ExpirationModelTypeKeyMaterialExpires
}

// page is one page of a list.
type page struct {
	list  pagination.List
	after int64
	limit int
}

// open reads a marker. most is the size of a page where the caller names none.
func (s service) open(call *operation.Call, marker *string, limit *int32, most int, name string, query ...string) (page, error) {
	p := page{list: pagination.List{Account: call.Account, Region: call.Region, Operation: name, Query: query}, limit: most}
	if limit != nil {
		p.limit = int(*limit)
	}
	var err error
	if p.after, err = s.pages.Open(p.list, text(marker)); err != nil {
		return page{}, &fault.Error{Kind: fault.Invalid, Code: "InvalidMarkerException", Message: "Invalid marker"}
	}
	return p, nil
}

// cut gives at most a page of rows that were read with one more than the page holds, the marker of the next page, and whether there is one.
func cut[T any](s service, p page, rows []T, sequence func(T) int64) (_ []T, next *string, truncated *bool) {
	if len(rows) <= p.limit {
		return rows, nil, new(false)
	}
	rows = rows[:p.limit]
	return rows, new(s.pages.Seal(p.list, sequence(rows[p.limit-1]))), new(true)
}
