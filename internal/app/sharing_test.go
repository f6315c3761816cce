package app_test

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"merlon.dev/merlon/internal/app"
	"merlon.dev/merlon/internal/config"
	"merlon.dev/merlon/internal/secret"
	"merlon.dev/merlon/internal/sigv4"
)

// neighbours is a server with two accounts; a service control policy keeps the second from deleting guardrails.
type neighbours struct {
	*testing.T
	endpoint string
}

const (
	alpha = "111122223333"
	beta  = "444455556666"
)

func newNeighbours(t *testing.T) neighbours {
	t.Helper()
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	c := config.Default()
	c.Listen, c.Data, c.Log.Level, c.Quotas = "127.0.0.1:0", filepath.Join(dir, "data"), "error", config.Quotas{}
	c.RootSecret.IdentityFile = filepath.Join(dir, "root-secret")
	if _, err := app.InitRootSecret(c.RootSecret.IdentityFile); err != nil {
		t.Fatal(err)
	}
	bound := write("scp.json", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"bedrock:DeleteGuardrail","Resource":"*"}]}`)
	c.Accounts = []config.Account{
		{ID: alpha, AccessKeyID: "KEY" + alpha, SecretFile: write("a", strings.Repeat(alpha, 2))},
		{ID: beta, AccessKeyID: "KEY" + beta, SecretFile: write("b", strings.Repeat(beta, 2)), ServiceControlPolicies: []string{bound}},
	}
	resolved, err := config.Resolve(c, false)
	if err != nil {
		t.Fatal(err)
	}
	a, err := app.New(t.Context(), app.Options{Config: resolved, Stdout: io.Discard, Stderr: t.Output()})
	if err != nil {
		t.Fatal(err)
	}
	a.Start()
	t.Cleanup(func() {
		if err := a.Stop(t.Context()); err != nil && !strings.Contains(err.Error(), "context canceled") {
			t.Error(err)
		}
	})
	return neighbours{t, a.Endpoint()}
}

// call makes a call as the root of an account.
func (n neighbours) call(account, method, path, body string) (status int, answer string) {
	n.Helper()
	r, err := http.NewRequestWithContext(n.Context(), method, n.endpoint+path, strings.NewReader(body))
	if err != nil {
		n.Fatal(err)
	}
	signer := &sigv4.Signer{Credentials: sigv4.Credentials{AccessKeyID: "KEY" + account, Secret: secret.New(strings.Repeat(account, 2))}, Region: "us-east-1", Service: "bedrock"}
	signer.Sign(r, sigv4.HashPayload([]byte(body)), time.Now())
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		n.Fatal(err)
	}
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	if err != nil {
		n.Fatal(err)
	}
	return response.StatusCode, string(data)
}

// TestNothingCrossesAccountsAlone: another account's guardrail is answered like one that does not exist until its owner shares it.
func TestNothingCrossesAccountsAlone(t *testing.T) {
	t.Parallel()
	n := newNeighbours(t)
	const body = `{"name":"g","blockedInputMessaging":"no","blockedOutputsMessaging":"no","wordPolicyConfig":{"wordsConfig":[{"text":"Bluewhale"}]}}`
	status, made := n.call(alpha, "POST", "/guardrails", body)
	if status != 202 {
		t.Fatalf("create: %d %s", status, made)
	}
	id := made[strings.Index(made, "guardrail/")+len("guardrail/"):]
	id = id[:strings.IndexByte(id, '"')]
	there, absent := "arn:aws:bedrock:us-east-1:"+alpha+":guardrail/"+id, "arn:aws:bedrock:us-east-1:"+alpha+":guardrail/abcabcabcabc"
	path := func(arn string) string { return strings.ReplaceAll(arn, "/", "%2F") }
	text := `{"source":"INPUT","content":[{"text":{"text":"the Bluewhale"}}]}`
	calls := map[string]func(arn string) (int, string){
		"get": func(arn string) (int, string) { return n.call(beta, "GET", "/guardrails/"+path(arn), "") },
		"apply": func(arn string) (int, string) {
			return n.call(beta, "POST", "/guardrail/"+path(arn)+"/version/DRAFT/apply", text)
		},
		"delete": func(arn string) (int, string) { return n.call(beta, "DELETE", "/guardrails/"+path(arn), "") },
		"tags": func(arn string) (int, string) {
			return n.call(beta, "POST", "/listTagsForResource", `{"resourceARN":"`+arn+`"}`)
		},
		"policy": func(arn string) (int, string) { return n.call(beta, "GET", "/resource-policy/"+path(arn), "") },
	}
	for name, call := range calls {
		one, first := call(there)
		two, second := call(absent)
		if one < 400 || one != two || strings.ReplaceAll(first, there, "") != strings.ReplaceAll(second, absent, "") {
			t.Errorf("%s tells them apart: %d %s, %d %s", name, one, first, two, second)
		}
	}
	document := `{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"` + beta + `\"},\"Action\":[\"bedrock:ApplyGuardrail\",\"bedrock:GetGuardrail\"],\"Resource\":\"` + there + `\"}]}`
	if status, answer := n.call(alpha, "POST", "/resource-policy", `{"resourceArn":"`+there+`","resourcePolicy":"`+document+`"}`); status/100 != 2 {
		t.Fatalf("share: %d %s", status, answer)
	}
	if status, answer := calls["apply"](there); status != 200 || !strings.Contains(answer, "GUARDRAIL_INTERVENED") {
		t.Errorf("apply what is shared: %d %s", status, answer)
	}
	if status, answer := calls["get"](there); status != 200 {
		t.Errorf("get what is shared: %d %s", status, answer)
	}
	if status, _ := calls["delete"](there); status != 403 {
		t.Errorf("delete what is shared: %d", status)
	}
	if status, answer := n.call(alpha, "DELETE", "/resource-policy/"+path(there), ""); status/100 != 2 {
		t.Fatalf("stop sharing: %d %s", status, answer)
	}
	if status, _ := calls["apply"](there); status != 400 {
		t.Errorf("apply what is shared no more: %d", status)
	}
}

// TestServiceControlPolicyBindsRoots: even the root of an account may not do what its service control policy denies.
func TestServiceControlPolicyBindsRoots(t *testing.T) {
	t.Parallel()
	n := newNeighbours(t)
	for account, want := range map[string]int{alpha: 404, beta: 403} {
		status, answer := n.call(account, "DELETE", "/guardrails/abcabcabcabc", "")
		if status != want || want == 403 && !strings.Contains(answer, "explicit deny in a service control policy") {
			t.Errorf("%s: %d %s", account, status, answer)
		}
	}
}
