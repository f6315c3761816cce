package lookup

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"merlon.dev/merlon/internal/audit"
	"merlon.dev/merlon/internal/audit/digest"
	"merlon.dev/merlon/internal/audit/journal"
)

const account, region = "123456789012", "us-east-1"

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

// write records n calls, one a second, in small segments.
func write(t *testing.T, n int) *journal.Journal {
	t.Helper()
	dir := t.TempDir()
	key, err := digest.OpenKey(context.Background(), dir, nil, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	j, err := journal.Open(journal.Config{Dir: dir, Key: key, SegmentSize: 20_000})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	r := audit.NewRecorder(j)
	for i := range n {
		e := audit.Event{
			ID: fmt.Sprintf("id-%d", i), RequestID: "r", Time: noon.Add(time.Duration(i) * time.Second), Source: "bedrock.amazonaws.com", Name: "CreateGuardrail",
			Class: audit.Management, Account: account, Region: region, Identity: audit.Identity{ARN: "arn:aws:iam::" + account + ":user/team/ada", AccessKeyID: "AKIA1"},
			Resources: []string{fmt.Sprintf("arn:aws:bedrock:us-east-1:%s:guardrail/g%d", account, i%10)},
		}
		switch i % 4 {
		case 1:
			e.Name, e.ReadOnly, e.Identity.ARN = "GetGuardrail", true, "arn:aws:sts::"+account+":assumed-role/Role/bob"
		case 2:
			e.Name, e.Class, e.ReadOnly = "ApplyGuardrail", audit.Data, true
		case 3:
			e.Account, e.Identity.ARN, e.Resources = "999999999999", "arn:aws:iam::999999999999:root", nil
		}
		if err := r.End(e); err != nil {
			t.Fatal(err)
		}
	}
	return j
}

func TestLookup(t *testing.T) {
	t.Parallel()
	const n = 400
	j := write(t, n)
	x := New(j, slog.New(slog.DiscardHandler))
	if segments, _ := journal.Segments(j.Dir()); len(segments) < 5 {
		t.Fatalf("%d segments", len(segments))
	}
	all := Query{Account: account, Region: region, From: noon, To: noon.Add(time.Hour), Limit: 50}
	for _, c := range []struct {
		name   string
		change func(*Query)
		want   int
	}{
		{"all management events of the account", func(*Query) {}, n / 2},
		{"another account", func(q *Query) { q.Account = "999999999999" }, n / 4},
		{"another Region", func(q *Query) { q.Region = "eu-west-1" }, 0},
		{"by id", func(q *Query) { q.Attribute, q.Value = EventID, "id-4" }, 1},
		{"by id of a data event", func(q *Query) { q.Attribute, q.Value = EventID, "id-2" }, 0},
		{"by name", func(q *Query) { q.Attribute, q.Value = EventName, "GetGuardrail" }, n / 4},
		{"by source", func(q *Query) { q.Attribute, q.Value = EventSource, "bedrock.amazonaws.com" }, n / 2},
		{"by user", func(q *Query) { q.Attribute, q.Value = Username, "ada" }, n / 4},
		{"by session", func(q *Query) { q.Attribute, q.Value = Username, "bob" }, n / 4},
		{"by access key", func(q *Query) { q.Attribute, q.Value = AccessKeyID, "AKIA1" }, n / 2},
		{"by effect", func(q *Query) { q.Attribute, q.Value = ReadOnly, "true" }, n / 4},
		{"by resource type", func(q *Query) { q.Attribute, q.Value = ResourceType, "AWS::Bedrock::Guardrail" }, n / 2},
		{"by resource ARN", func(q *Query) {
			q.Attribute, q.Value = ResourceName, "arn:aws:bedrock:us-east-1:"+account+":guardrail/g4"
		}, n / 20},
		{"by resource name", func(q *Query) { q.Attribute, q.Value = ResourceName, "g4" }, n / 20},
		{"by time", func(q *Query) { q.From, q.To = noon.Add(8*time.Second), noon.Add(12*time.Second) }, 3},
	} {
		q := all
		c.change(&q)
		got, pages, before := 0, 0, uint64(1<<62)
		for {
			events, next, err := x.Lookup(context.Background(), q)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range events {
				if e.Sequence >= before || !json.Valid([]byte(e.Record)) {
					t.Fatalf("%s: %d behind %d: %s", c.name, e.Sequence, before, e.Record)
				}
				before = e.Sequence
			}
			got, pages = got+len(events), pages+1
			if q.Before = next; next == 0 {
				break
			}
		}
		if want := max(1, (c.want+49)/50); got != c.want || pages != want {
			t.Errorf("%s: %d events on %d pages, want %d on %d", c.name, got, pages, c.want, want)
		}
	}
}

// TestIndexIsMadeAgain: without its files, or with files of something else, the index finds the same.
func TestIndexIsMadeAgain(t *testing.T) {
	t.Parallel()
	j := write(t, 200)
	q := Query{Account: account, Region: region, From: noon, To: noon.Add(time.Hour), Attribute: EventName, Value: "GetGuardrail", Limit: 1000}
	want, _, err := New(j, slog.New(slog.DiscardHandler)).Lookup(context.Background(), q)
	if err != nil || len(want) != 50 {
		t.Fatalf("%d, %v", len(want), err)
	}
	files, err := filepath.Glob(filepath.Join(j.Dir(), folder, "*"))
	if err != nil || len(files) < 3 {
		t.Fatalf("%v, %v", files, err)
	}
	for i, f := range files {
		switch i % 3 {
		case 0:
			err = os.Remove(f)
		case 1:
			err = os.WriteFile(f, []byte("x"), 0o600)
		default:
			err = os.Truncate(f, headSize+1)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	x := New(j, slog.New(slog.DiscardHandler))
	ctx, cancel := context.WithCancel(context.Background())
	if err := x.build(ctx); err != nil {
		t.Fatal(err)
	}
	cancel()
	x.Keep(ctx) // ends at once
	if again, _, err := x.Lookup(context.Background(), q); err != nil || len(again) != len(want) {
		t.Errorf("%d, %v", len(again), err)
	}
}
