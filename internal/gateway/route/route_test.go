package route

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func build(t testing.TB, templates []string) *Tree[string] {
	t.Helper()
	tree := &Tree[string]{}
	for _, text := range templates {
		method, template, _ := strings.Cut(text, " ")
		if err := tree.Add(method, template, text); err != nil {
			t.Fatal(err)
		}
	}
	return tree
}

var templates = []string{
	"POST /guardrails", "GET /guardrails", "GET /guardrails/{id}", "PUT /guardrails/{id}", "DELETE /guardrails/{id}",
	"POST /guardrail/{id}/version/{version}/apply", "POST /guardrail/{id}/version/{version}/check", "GET /guardrail/special/version/{version}/apply",
	"PUT /agents/", "GET /agents/{id}/", "GET /{Bucket}", "GET /{Bucket}?acl", "GET /{Bucket}?list-type=2", "GET /{Bucket}?list-type=2&versions",
	"GET /{Bucket}/{Key+}", "PUT /{Bucket}/{Key+}", "GET /{Bucket}/{Key+}?acl", "GET /model/{id+}/invoke", "GET /model/{id+}/deep/invoke",
}

func TestFind(t *testing.T) {
	t.Parallel()
	tree := build(t, templates)
	for _, c := range []struct{ request, want, labels string }{
		{"POST /guardrails", "POST /guardrails", ""},
		{"GET /guardrails/abc", "GET /guardrails/{id}", "abc"},
		{"GET /guardrails/arn%3Aaws%2Fx", "GET /guardrails/{id}", "arn%3Aaws%2Fx"},
		{"GET /guardrails/", "GET /guardrails/{id}", ""},
		{"POST /guardrail/abc/version//apply", "POST /guardrail/{id}/version/{version}/apply", "abc|"},
		{"POST /guardrail//version//apply", "POST /guardrail/{id}/version/{version}/apply", "|"},
		{"POST /guardrail/special/version/1/apply", "POST /guardrail/{id}/version/{version}/apply", "special|1"},
		{"GET /guardrail/special/version/1/apply", "GET /guardrail/special/version/{version}/apply", "1"},
		{"PATCH /guardrails", "", ""},
		{"POST /guardrail/abc/version/1/apply/", "", ""},
		{"POST //guardrails", "", ""},
		{"PUT /agents/", "PUT /agents/", ""},
		{"GET /agents/7/", "GET /agents/{id}/", "7"},
		{"GET /bucket", "GET /{Bucket}", "bucket"},
		{"GET /bucket?acl", "GET /{Bucket}?acl", "bucket"},
		{"GET /bucket?acl=&x=1", "GET /{Bucket}?acl", "bucket"},
		{"GET /bucket?list-type=2", "GET /{Bucket}?list-type=2", "bucket"},
		{"GET /bucket?list-type=1", "GET /{Bucket}", "bucket"},
		{"GET /bucket?versions&list-type=2", "GET /{Bucket}?list-type=2&versions", "bucket"},
		{"GET /bucket/a//b/", "GET /{Bucket}/{Key+}", "bucket|a//b/"},
		{"GET /bucket/a?acl", "GET /{Bucket}/{Key+}?acl", "bucket|a"},
		{"GET /model/a/b/invoke", "GET /model/{id+}/invoke", "a/b"},
		{"GET /model/a/deep/invoke", "GET /model/{id+}/deep/invoke", "a"},
		{"GET /model/invoke", "GET /{Bucket}/{Key+}", "model|invoke"},
		{"GET ", "", ""},
		{"GET *", "", ""},
	} {
		method, target, _ := strings.Cut(c.request, " ")
		path, query, _ := strings.Cut(target, "?")
		got, labels, ok := tree.Find(method, path, query, nil)
		if got != c.want || ok != (c.want != "") || ok && strings.Join(labels, "|") != c.labels {
			t.Errorf("%s: %q %q", c.request, got, labels)
		}
	}
}

func TestAddRefuses(t *testing.T) {
	t.Parallel()
	tree := build(t, templates)
	for _, bad := range []string{
		"POST /guardrails", "GET /guardrails/{other}", "GET /{Bucket}?acl", "GET /{Bucket}?versions&list-type=2", "GET /{B}/{K+}",
		"GET relative", "GET /a{b}", "GET /{a+}/{b}", "GET /{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}/{i}",
	} {
		method, template, _ := strings.Cut(bad, " ")
		if err := tree.Add(method, template, bad); err == nil {
			t.Errorf("%s: taken", bad)
		}
	}
}

// naive matches one template after another and keeps the most specific.
func naive(method, path, query string) (best string, bestLabels []string) {
	var bestRank string
	for _, text := range templates {
		m, template, _ := strings.Cut(text, " ")
		templatePath, templateQuery, _ := strings.Cut(template, "?")
		if m != method || !strings.HasPrefix(path, "/") {
			continue
		}
		rank, labels, ok := naivePath(strings.Split(templatePath[1:], "/"), strings.Split(path[1:], "/"))
		wanted := literals(templateQuery)
		if !ok || !matches(wanted, query) {
			continue
		}
		rank += fmt.Sprintf(" %d", 9-len(wanted))
		if best == "" || rank < bestRank {
			best, bestRank, bestLabels = text, rank, labels
		}
	}
	return best, bestLabels
}

// naivePath gives a rank that is smaller for the more specific template: 0 literal, 1 label, 2 greedy and then the shorter label.
func naivePath(template, path []string) (rank string, labels []string, ok bool) {
	for i, segment := range template {
		if strings.HasSuffix(segment, "+}") {
			suffix := template[i+1:]
			n := len(path) - i - len(suffix)
			if n < 1 || !slices.Equal(path[i+n:], suffix) {
				return "", nil, false
			}
			return rank + fmt.Sprintf("2%03d", n), append(labels, strings.Join(path[i:i+n], "/")), true
		}
		if i >= len(path) {
			return "", nil, false
		}
		switch {
		case strings.HasPrefix(segment, "{"):
			rank, labels = rank+"1", append(labels, path[i])
		case segment == path[i]:
			rank += "0"
		default:
			return "", nil, false
		}
	}
	return rank, labels, len(template) == len(path)
}

// FuzzFind: the tree answers as the naive matcher does.
func FuzzFind(f *testing.F) {
	for _, text := range templates {
		method, template, _ := strings.Cut(text, " ")
		path, query, _ := strings.Cut(template, "?")
		f.Add(method, path, query)
		f.Add("GET", path+"/x//invoke", "acl&list-type=2")
	}
	f.Add("POST", "/guardrail/abc/version//apply", "")
	tree := build(f, templates)
	f.Fuzz(func(t *testing.T, method, path, query string) {
		want, wantLabels := naive(method, path, query)
		got, labels, ok := tree.Find(method, path, query, make([]string, 0, MaxLabels))
		if got != want || ok != (want != "") || ok && !slices.Equal(labels, wantLabels) {
			t.Fatalf("%s %s?%s: %q %q, want %q %q", method, path, query, got, labels, want, wantLabels)
		}
	})
}

// TestModels finds every operation of the four Bedrock models, which share one signing name, and of Macie by its own template. The
// agent models are the one place where two services of a signing name claim the same requests, three of them.
func TestModels(t *testing.T) {
	t.Parallel()
	folder := filepath.Join("..", "..", "..", "..", "shared", "models")
	if _, err := os.Stat(folder); err != nil {
		t.Skip("the service models are not at ../shared/models")
	}
	for group, want := range map[string]int{"bedrock bedrock-runtime bedrock-agent bedrock-agent-runtime": 200, "macie2": 60} {
		tree := &Tree[string]{}
		type request struct{ name, method, uri string }
		var all []request
		for name := range strings.FieldsSeq(group) {
			data, err := os.ReadFile(filepath.Join(folder, name+".json"))
			if err != nil {
				t.Fatal(err)
			}
			var model struct {
				Operations map[string]struct {
					HTTP struct{ Method, RequestURI string }
				}
			}
			if err := json.Unmarshal(data, &model); err != nil {
				t.Fatal(err)
			}
			for op, o := range model.Operations {
				all = append(all, request{name + "." + op, o.HTTP.Method, o.HTTP.RequestURI})
			}
		}
		slices.SortFunc(all, func(a, b request) int { return strings.Compare(a.name, b.name) })
		taken := map[string]bool{}
		for _, r := range all {
			if err := tree.Add(r.method, r.uri, r.name); err != nil {
				taken[r.name] = true
				if !strings.HasSuffix(r.uri, "/tags/{resourceArn}") {
					t.Errorf("%s: %v", r.name, err)
				}
			}
		}
		for _, r := range all {
			if taken[r.name] {
				continue
			}
			path, query, _ := strings.Cut(strings.NewReplacer("{", "", "+}", "", "}", "").Replace(r.uri), "?")
			if got, _, _ := tree.Find(r.method, path, query, nil); got != r.name {
				t.Errorf("%s %s: found %q, want %q", r.method, r.uri, got, r.name)
			}
		}
		if len(all) < want {
			t.Errorf("%s: %d operations, want at least %d", group, len(all), want)
		}
	}
}

func BenchmarkFind(b *testing.B) {
	tree := build(b, templates)
	var room [MaxLabels]string
	b.ReportAllocs()
	for b.Loop() {
		if _, _, ok := tree.Find("POST", "/guardrail/abcdefabcdef/version/DRAFT/apply", "", room[:0]); !ok {
			b.Fatal("not found")
		}
	}
}
