package audit

import (
	"crypto/tls"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"merlon.dev/merlon/internal/audit/journal"
	"merlon.dev/merlon/internal/fault"
)

// memory is a journal in memory.
type memory struct {
	records    [][]byte
	durability journal.Durability
	err        error
}

func (m *memory) Ready() error { return m.err }

func (m *memory) Append(d journal.Durability, records ...[]byte) error {
	if m.err != nil {
		return m.err
	}
	m.durability, m.records = d, append(m.records, records...)
	return nil
}

func event() Event {
	return Event{
		ID: "e1", RequestID: "r1", Time: time.Date(2026, 1, 2, 3, 4, 5, 600, time.UTC), Source: "bedrock.amazonaws.com", Name: "CreateGuardrail",
		Class: Management, Account: "123456789012", Region: "us-east-1", SourceIP: "10.0.0.1", UserAgent: "cli \"x\"\n\x01\xff",
		Identity: Identity{ARN: "arn:aws:iam::123456789012:root", AccessKeyID: "AKIA"},
	}
}

// decode gives the one record that e leaves.
func decode(t *testing.T, e Event) map[string]any {
	t.Helper()
	m := &memory{}
	if err := NewRecorder(m).End(e); err != nil || len(m.records) != 1 {
		t.Fatalf("%d records, %v", len(m.records), err)
	}
	var out map[string]any
	if err := json.Unmarshal(m.records[0], &out); err != nil {
		t.Fatalf("%s: %v", m.records[0], err)
	}
	if strings.ContainsAny(string(m.records[0]), "\n\r") {
		t.Errorf("more than a line: %q", m.records[0])
	}
	return out
}

func TestRecord(t *testing.T) {
	t.Parallel()
	e := event()
	e.TLS, e.Host = &tls.ConnectionState{Version: tls.VersionTLS13, CipherSuite: tls.TLS_AES_128_GCM_SHA256}, "bedrock.local"
	e.Resources = []string{"arn:aws:bedrock:us-east-1:123456789012:guardrail/abc", "*", "arn:aws:bedrock:us-east-1:123456789012:guardrail/*", "any text"}
	want := map[string]any{
		"eventVersion": "1.11", "eventTime": "2026-01-02T03:04:05Z", "eventSource": "bedrock.amazonaws.com", "eventName": "CreateGuardrail",
		"awsRegion": "us-east-1", "sourceIPAddress": "10.0.0.1", "userAgent": "cli \"x\"\n\x01\ufffd", "requestParameters": nil, "responseElements": nil,
		"requestID": "r1", "eventID": "e1", "readOnly": false, "eventType": "AwsApiCall", "managementEvent": true, "recipientAccountId": "123456789012",
		"eventCategory": "Management",
		"userIdentity": map[string]any{
			"type": "Root", "principalId": "123456789012", "arn": "arn:aws:iam::123456789012:root", "accountId": "123456789012", "accessKeyId": "AKIA",
		},
		"resources":  []any{map[string]any{"accountId": "123456789012", "type": "AWS::Bedrock::Guardrail", "ARN": "arn:aws:bedrock:us-east-1:123456789012:guardrail/abc"}},
		"tlsDetails": map[string]any{"tlsVersion": "TLSv1.3", "cipherSuite": "TLS_AES_128_GCM_SHA256", "clientProvidedHostHeader": "bedrock.local"},
	}
	if diff := cmp.Diff(want, decode(t, e)); diff != "" {
		t.Error(diff)
	}
}

func TestIdentities(t *testing.T) {
	t.Parallel()
	created := time.Date(2026, 1, 2, 3, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name string
		Identity
		want map[string]any
	}{
		{"user", Identity{ARN: "arn:aws:iam::123456789012:user/team/ada", AccessKeyID: "AKIA", PrincipalID: "AIDA1"}, map[string]any{
			"type": "IAMUser", "principalId": "AIDA1", "arn": "arn:aws:iam::123456789012:user/team/ada", "accountId": "123456789012", "accessKeyId": "AKIA", "userName": "ada",
		}},
		{"role session", Identity{
			ARN: "arn:aws:sts::123456789012:assumed-role/Dev/bob", AccessKeyID: "ASIA", PrincipalID: "AROA1:bob",
			Session: &Session{Created: created, MFA: true, IssuerARN: "arn:aws:iam::123456789012:role/path/Dev", IssuerID: "AROA1", SourceIdentity: "bob@example.org"},
		}, map[string]any{
			"type": "AssumedRole", "principalId": "AROA1:bob", "arn": "arn:aws:sts::123456789012:assumed-role/Dev/bob", "accountId": "123456789012", "accessKeyId": "ASIA",
			"sessionContext": map[string]any{
				"sessionIssuer":  map[string]any{"type": "Role", "principalId": "AROA1", "arn": "arn:aws:iam::123456789012:role/path/Dev", "accountId": "123456789012", "userName": "Dev"},
				"sourceIdentity": "bob@example.org", "attributes": map[string]any{"creationDate": "2026-01-02T03:00:00Z", "mfaAuthenticated": "true"},
			},
		}},
		{"service", Identity{ARN: "bedrock.amazonaws.com"}, map[string]any{"type": "AWSService", "invokedBy": "bedrock.amazonaws.com"}},
		{"federated", Identity{ARN: "arn:aws:sts::123456789012:federated-user/eve"}, map[string]any{
			"type": "FederatedUser", "arn": "arn:aws:sts::123456789012:federated-user/eve", "accountId": "123456789012",
		}},
		{"nobody", Identity{}, map[string]any{"type": "Unknown"}},
	} {
		e := event()
		e.Identity = c.Identity
		if diff := cmp.Diff(any(c.want), decode(t, e)["userIdentity"]); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

// TestErrors: codes as CloudTrail writes them, messages without what was in the request.
func TestErrors(t *testing.T) {
	t.Parallel()
	const hidden = Hidden
	for _, c := range []struct{ code, message, wantCode, want string }{
		{
			"AccessDeniedException", "User: arn:aws:iam::1:user/x is not authorized to perform: bedrock:GetGuardrail on resource: arn:aws:bedrock:us-east-1:1:guardrail/a because no identity-based policy allows the bedrock:GetGuardrail action",
			"AccessDenied", "User: arn:aws:iam::1:user/x is not authorized to perform: bedrock:GetGuardrail on resource: arn:aws:bedrock:us-east-1:1:guardrail/a because no identity-based policy allows the bedrock:GetGuardrail action",
		},
		{
			"AccessDeniedException", "User: arn:aws:iam::1:user/x is not authorized to perform: a:B on resource: my secret because x",
			"AccessDenied", "User: arn:aws:iam::1:user/x is not authorized to perform: a:B on resource: " + hidden,
		},
		{"ThrottlingException", "Too many.", "ThrottlingException", "Too many."},
		{
			"ValidationException", "1 validation error detected: Value 'it's secret' at 'name' failed to satisfy constraint: Member must have length less than or equal to 50",
			"ValidationException", "1 validation error detected: Value " + hidden + " at 'name' failed to satisfy constraint: Member must have length less than or equal to 50",
		},
		{
			"ValidationException", "2 validation errors detected: Value 'secret' at 'a' failed to satisfy constraint: x; Value 'secret' at 'b.1.member' failed to satisfy constraint: y",
			"ValidationException", "2 validation errors detected: Value " + hidden + " at 'b.1.member' failed to satisfy constraint: y",
		},
		{"ValidationException", "Value 'x' at 'tags.my secret' failed to satisfy constraint: y", "ValidationException", "Value " + hidden + " failed to satisfy constraint: y"},
		{"ConflictException", `The name "my secret" is taken by "another".`, "ConflictException", "The name " + hidden + "."},
		{"ConflictException", "The name “my secret” is taken.", "ConflictException", "The name " + hidden + " is taken."},
		{"ConflictException", "The name 'my secret", "ConflictException", "The name " + hidden},
	} {
		e := event()
		e.ErrorCode, e.ErrorMessage = c.code, c.message
		got := decode(t, e)
		if got["errorCode"] != c.wantCode || got["errorMessage"] != c.want {
			t.Errorf("%q\n got %v\nwant %s", c.message, got["errorMessage"], c.want)
		}
	}
	e := event()
	e.ErrorCode, e.ErrorMessage, e.UserAgent = "X", strings.Repeat("ä", 2000), strings.Repeat("ä", 2000)
	if got := decode(t, e); len(got["errorMessage"].(string)) != maxMessage || len(got["userAgent"].(string)) != maxText {
		t.Errorf("%d, %d bytes", len(got["errorMessage"].(string)), len(got["userAgent"].(string)))
	}
}

// TestOtherAccounts: the owner of a resource learns that it was used and by which account; nobody can write into a stranger's records
// by failing.
func TestOtherAccounts(t *testing.T) {
	t.Parallel()
	e := event()
	e.Resources = []string{"arn:aws:bedrock:us-east-1:999999999999:guardrail/abc", "arn:aws:bedrock:us-east-1:999999999999:guardrail/def"}
	m := &memory{}
	if err := NewRecorder(m).End(e); err != nil || len(m.records) != 2 {
		t.Fatalf("%d records, %v", len(m.records), err)
	}
	var own, foreign map[string]any
	if err := errors.Join(json.Unmarshal(m.records[0], &own), json.Unmarshal(m.records[1], &foreign)); err != nil {
		t.Fatal(err)
	}
	if own["sharedEventID"] != foreign["sharedEventID"] || own["sharedEventID"] == nil || own["eventID"] == foreign["eventID"] {
		t.Errorf("%v\n%v", own, foreign)
	}
	want := map[string]any{"type": "AWSAccount", "principalId": "123456789012", "accountId": "123456789012"}
	if diff := cmp.Diff(any(want), foreign["userIdentity"]); diff != "" || foreign["recipientAccountId"] != "999999999999" || own["recipientAccountId"] != "123456789012" {
		t.Errorf("%v %s", foreign, diff)
	}
	e.ErrorCode = "AccessDeniedException"
	decode(t, e)
}

// TestRecorder: effects decide the durability, and a journal that cannot write fails begin and end.
func TestRecorder(t *testing.T) {
	t.Parallel()
	m := &memory{}
	r := NewRecorder(m)
	e := event()
	if err := r.End(e); err != nil || m.durability != journal.Durable {
		t.Errorf("a changing call: %v, %v", m.durability, err)
	}
	e.ReadOnly = true
	if err := r.End(e); err != nil || m.durability != journal.Written {
		t.Errorf("a reading call: %v, %v", m.durability, err)
	}
	m.err = errors.New("disk on fire")
	if err := r.Begin(); err == nil {
		t.Error("begun")
	}
	if err := r.End(e); !fault.Is(err, fault.Unavailable) || !errors.Is(err, m.err) {
		t.Errorf("ended: %v", err)
	}
}

func FuzzAppendString(f *testing.F) {
	f.Add("a\"\\\n\x00\xff\u2028é")
	f.Fuzz(func(t *testing.T, s string) {
		var got string
		if err := json.Unmarshal(appendString(nil, s), &got); err != nil || got != strings.ToValidUTF8(s, "\ufffd") && len(s) == len(strings.ToValidUTF8(s, "")) {
			t.Errorf("%q came back as %q, %v", s, got, err)
		}
	})
}

// FuzzQuiet: what stands between the first and the last quotation mark of a message is never told, but for the path of a member.
func FuzzQuiet(f *testing.F) {
	f.Add("it's", "name")
	f.Fuzz(func(t *testing.T, value, path string) {
		message := quiet("ValidationException", "1 validation error detected: Value '"+value+"' at '"+path+"' failed")
		if secret := "'" + value + "'"; strings.Contains(message, secret) && len(value) > 0 && value != path {
			t.Errorf("%q is told in %q", value, message)
		}
	})
}

func BenchmarkEncode(b *testing.B) {
	e := event()
	e.Resources = []string{"arn:aws:bedrock:us-east-1:123456789012:guardrail/abc"}
	r := NewRecorder(discard{})
	b.ReportAllocs()
	for b.Loop() {
		if err := r.End(e); err != nil {
			b.Fatal(err)
		}
	}
}

type discard struct{}

func (discard) Ready() error                               { return nil }
func (discard) Append(journal.Durability, ...[]byte) error { return nil }
