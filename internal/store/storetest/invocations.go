package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"merlon.dev/merlon/internal/model/invocation"
)

// RunInvocations runs the contract of invocation.Store. open gives an empty store that the test may close by t.Cleanup.
func RunInvocations(t *testing.T, open func(t *testing.T) invocation.Store) {
	for name, test := range map[string]func(*testing.T, invocation.Store){
		"Settings": invocationSettings,
		"Rows":     invocationRows,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t))
		})
	}
}

func invocationSettings(t *testing.T, s invocation.Store) {
	ctx := context.Background()
	want := func(account, region, body string) {
		t.Helper()
		got, err := s.Settings(ctx, account, region)
		if err != nil || string(got) != body || body == "" && got != nil {
			t.Errorf("%s in %s: %q, %v", account, region, got, err)
		}
	}
	want("1", "r", "")
	for _, put := range [][3]string{{"1", "r", "a"}, {"1", "q", "b"}, {"2", "r", "c"}, {"1", "r", "d"}} {
		if err := s.PutSettings(ctx, put[0], put[1], []byte(put[2])); err != nil {
			t.Fatal(err)
		}
	}
	want("1", "r", "d")
	want("1", "q", "b")
	for range 2 {
		if err := s.DeleteSettings(ctx, "1", "r"); err != nil {
			t.Fatal(err)
		}
	}
	want("1", "r", "")
	want("2", "r", "c")
}

func invocationRows(t *testing.T, s invocation.Store) {
	ctx, noon := context.Background(), time.Date(2026, 1, 2, 12, 0, 0, 5000, time.UTC)
	row := func(minute int, body string) invocation.Row {
		return invocation.Row{Account: "1", Region: "r", At: noon.Add(time.Duration(minute) * time.Minute), Body: []byte(body)}
	}
	all := []invocation.Row{row(0, "a"), row(1, "b"), row(2, "c"), row(3, "d"), row(4, "e")}
	if err := s.Append(ctx, all[:3]); err != nil {
		t.Fatal(err)
	}
	if err := s.Append(ctx, all[3:]); err != nil {
		t.Fatal(err)
	}
	want := func(after int64, limit int, want ...invocation.Row) []invocation.Row {
		t.Helper()
		got, err := s.Rows(ctx, after, limit)
		if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(invocation.Row{}, "Seq"), cmpopts.EquateEmpty()); err != nil || diff != "" {
			t.Errorf("%v: %s", err, diff)
		}
		return got
	}
	first := want(0, 2, all[0], all[1])
	rest := want(first[1].Seq, 9, all[2:]...)
	rest[0].Body, all[2].Body = []byte("changed"), []byte("changed")
	if err := s.Replace(ctx, rest[:1]); err != nil {
		t.Fatal(err)
	}
	want(first[1].Seq, 1, all[2])
	if err := s.Trim(ctx, all[1].At, 100); err != nil {
		t.Fatal(err)
	}
	want(0, 9, all[1:]...)
	if err := s.Trim(ctx, all[0].At, 2); err != nil {
		t.Fatal(err)
	}
	want(0, 9, all[3:]...)
}
