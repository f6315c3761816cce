package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"merlon.dev/merlon/internal/eval"
)

// files writes texts into a folder of their own and gives their paths.
func files(t *testing.T, texts ...string) (paths []string) {
	t.Helper()
	dir := t.TempDir()
	for i, text := range texts {
		path := filepath.Join(dir, string(rune('a'+i)))
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	return paths
}

const evalRows = `{"text": "Bluewhale", "labels": ["SECRET"]}
{"text": "T-1234", "labels": ["Ticket"], "id": "t1"}
{"text": "hello", "labels": []}
`

func ticketGuardrail(times string) string {
	return `{"name": "eval", "blockedInputMessaging": "no", "blockedOutputsMessaging": "no", "sensitiveInformationPolicyConfig": {"regexesConfig": [
		{"name": "Ticket", "pattern": "T-\\d` + times + `", "action": "BLOCK"}]}}`
}

func TestEvalOfTwoGuardrails(t *testing.T) {
	t.Parallel()
	paths := files(t, evalRows, ticketGuardrail("{4}"), ticketGuardrail("{5}"), "", "")
	rows, four, five, out, plot := paths[0], paths[1], paths[2], paths[3], paths[4]
	call := func(args ...string) (stdout, stderr string, code int) {
		var o, e strings.Builder
		code = run(append([]string{"eval", rows, "--guardrail"}, args...), &o, &e, nil)
		return o.String(), e.String(), code
	}
	stdout, stderr, code := call(five, "--out", out)
	if code != 0 || !strings.Contains(stdout, "guardrail "+five+": 3 rows") || !strings.Contains(stdout, "Label SECRET, in 1 rows") {
		t.Fatalf("exit %d, %s\n%s", code, stderr, stdout)
	}
	data, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if r, err := eval.ReadReport(data); err != nil || r.Rows != 3 || len(r.RowsSHA256) != 64 {
		t.Errorf("error %v, report %s", err, data)
	}
	for _, with := range []string{five, out} { // measured anew, and as it was saved
		stdout, stderr, code := call(four, "--compare", with, "--plot", plot)
		if code != 0 || !strings.Contains(stdout, "| 2 | t1 | Ticket | configured | found now |") || !strings.Contains(stdout, "Against guardrail "+five+", on 3 rows") {
			t.Errorf("against %s: exit %d, %s\n%s", with, code, stderr, stdout)
		}
		if svg, err := os.ReadFile(plot); err != nil || !strings.Contains(string(svg), "dashed: guardrail "+five) {
			t.Errorf("error %v, picture %s", err, svg)
		}
	}
	for _, bad := range [][]string{
		{four, "--compare", rows},
		{four, "--compare", four + ".gone"},
		{four, "--concurrency", "0"},
		{four, "--max-false-positives", "2"},
		{rows},
	} {
		if stdout, stderr, code := call(bad...); code == 0 || stdout != "" || stderr == "" {
			t.Errorf("%v: exit %d, %s%s", bad, code, stdout, stderr)
		}
	}
}

func TestEvalOfTwoVersionsOfAnEndpoint(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		if !strings.Contains(r.Header.Get("Authorization"), "/eu-west-1/bedrock/aws4_request") {
			t.Errorf("signed %s", r.Header.Get("Authorization"))
		}
		answer := `{"action": "NONE", "assessments": []}`
		if strings.Contains(r.URL.Path, "/version/2/") && strings.Contains(string(body), "T-1234") {
			answer = `{"action": "GUARDRAIL_INTERVENED", "assessments": [{"sensitiveInformationPolicy": {"regexes": [{"name": "Ticket", "action": "BLOCKED"}]}}]}`
		}
		_, _ = io.WriteString(w, answer)
	}))
	defer server.Close()
	args := []string{"eval", files(t, evalRows)[0], "--endpoint", server.URL, "--guardrail-identifier", "abc", "--guardrail-version", "2", "--compare", "1", "--concurrency", "2"}
	var stdout, stderr strings.Builder
	environ := []string{"AWS_ACCESS_KEY_ID=AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY=hush", "AWS_DEFAULT_REGION=eu-west-1"}
	if code := run(args, &stdout, &stderr, environ); code != 0 || !strings.Contains(stdout.String(), "| 2 | t1 | GUARDRAIL | configured | found now |") ||
		!strings.Contains(stdout.String(), "Against guardrail abc version 1 at "+server.URL) {
		t.Errorf("exit %d, %s\n%s", code, stderr.String(), stdout.String())
	}
	stderr.Reset()
	if code := run(args, io.Discard, &stderr, environ[1:]); code != exitFailure || !strings.Contains(stderr.String(), "credentials") || strings.Contains(stderr.String(), "hush") {
		t.Errorf("without an access key: exit %d, %s", code, stderr.String())
	}
	if code := run(append(args, "--guardrail", "x"), io.Discard, io.Discard, environ); code != exitUsage {
		t.Errorf("with a file as well: exit %d", code)
	}
}
