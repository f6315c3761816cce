package kms

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// recordedFile holds answers of AWS KMS that LocalStack's authors recorded (Apache-2.0).
const recordedFile = "../../../../shared/vectors/recorded/kms/test_kms.json"

// newer are members that AWS has added since the recordings.
func newer() []string {
	return []string{"KeyMaterialId", "SourceKeyMaterialId", "DestinationKeyMaterialId", "CurrentKeyMaterialId", "KeyOrigin"}
}

// different lists the recorded cases that Merlon answers in another way or cannot be asked, and why.
func different() map[string]string {
	return map[string]string{
		"test_replicate_key":                                                          "keys are not replicated between Regions",
		"test_replicate_replica_key_should_fail":                                      "keys are not replicated between Regions",
		"test_sign_verify[ECC_SECG_P256K1-ECDSA_SHA_256]":                             "ECC_SECG_P256K1 is not supported",
		"test_sign_verify[ECC_SECG_P256K1-ECDSA_SHA_512]":                             "nothing was recorded",
		"test_sign_verify[ECC_NIST_P256-ECDSA_SHA_384]":                               "nothing was recorded",
		"test_verify_salt_length[ECC_SECG_P256K1-ECDSA_SHA_256]":                      "nothing was recorded",
		"test_import_key_ecc_keys[ECC_SECG_P256K1]":                                   "ECC_SECG_P256K1 is not supported",
		"test_rotate_key_on_demand_raises_error_given_key_with_imported_key_material": "recorded before AWS rotated imported material; the newer recordings are followed",
	}
}

// recording is one recorded case: step name to what came back.
type recording map[string]any

// comparison runs recorded cases against a server.
type comparison struct {
	*server
	t        *testing.T
	steps    recording
	compared int
}

func loadRecorded(t *testing.T) map[string]recording {
	t.Helper()
	text, err := os.ReadFile(recordedFile)
	if os.IsNotExist(err) {
		t.Skipf("skipped: %s is not there; put the shared folder beside the repository", recordedFile)
	}
	if err != nil {
		t.Fatal(err)
	}
	var file map[string]struct {
		Content recording `json:"recorded-content"`
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	cases := map[string]recording{}
	for name, c := range file {
		cases[name[strings.LastIndex(name, ":")+1:]] = c.Content
	}
	return cases
}

// step compares an answer with a recorded one.
func (c *comparison) step(name string, a answer) {
	c.t.Helper()
	want, ok := c.steps[name].(map[string]any)
	if !ok {
		c.t.Errorf("no step %q was recorded", name)
		return
	}
	c.compared++
	if failure, ok := want["Error"].(map[string]any); ok {
		status := want["ResponseMetadata"].(map[string]any)["HTTPStatusCode"].(float64)
		if a.code != failure["Code"] || float64(a.status) != status {
			c.t.Errorf("%s: %d %s %v, recorded %v %v", name, a.status, a.code, a.body, status, failure)
		}
		c.message(name, fmt.Sprint(failure["Message"]), fmt.Sprint(or(a.body["message"], a.body["Message"])))
		return
	}
	if a.status != 200 {
		c.t.Errorf("%s: %d %v", name, a.status, a.body)
		return
	}
	c.shape(name, want, a.body)
}

func or(values ...any) any {
	for _, v := range values {
		if v != nil {
			return v
		}
	}
	return ""
}

var placeholder = regexp.MustCompile(`<[^>]*>|&lt;[^&]*&gt;`)

// message compares texts where the recorded one is AWS's own and not that of a constraint, whose lists are in no fixed order.
func (c *comparison) message(name, want, got string) {
	c.t.Helper()
	if strings.Contains(want, "enum value set") || want == "None" {
		return
	}
	pattern := "^"
	rest := want
	for _, cut := range placeholder.FindAllStringIndex(want, -1) {
		pattern += regexp.QuoteMeta(rest[:cut[0]-(len(want)-len(rest))]) + ".+"
		rest = want[cut[1]:]
	}
	pattern += regexp.QuoteMeta(rest) + "$"
	pattern = strings.ReplaceAll(pattern, "111111111111", account)
	if !regexp.MustCompile(pattern).MatchString(got) {
		c.t.Errorf("%s: message %q, recorded %q", name, got, want)
	}
}

// shape compares members and the values that are the same everywhere.
func (c *comparison) shape(path string, want, got map[string]any) {
	c.t.Helper()
	for name, value := range want {
		if name == "ResponseMetadata" {
			continue
		}
		mine, ok := got[name]
		if !ok {
			if !slices.Contains(newer(), name) {
				c.t.Errorf("%s: %s is missing in %v", path, name, got)
			}
			continue
		}
		c.value(path+"."+name, value, mine)
	}
	for name := range got {
		if _, ok := want[name]; !ok && !slices.Contains(newer(), name) {
			c.t.Errorf("%s: %s was not recorded", path, name)
		}
	}
}

func (c *comparison) value(path string, want, got any) {
	c.t.Helper()
	switch want := want.(type) {
	case map[string]any:
		mine, ok := got.(map[string]any)
		if !ok {
			c.t.Errorf("%s is %v, recorded %v", path, got, want)
			return
		}
		c.shape(path, want, mine)
	case string:
		// Names in lower case with dashes stand for values that differ between recordings.
		if placeholder.MatchString(want) || want == "datetime" || want == "111111111111" || regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`).MatchString(want) {
			return
		}
		if want != got {
			c.t.Errorf("%s is %v, recorded %v", path, got, want)
		}
	default:
		if fmt.Sprint(want) != fmt.Sprint(got) {
			c.t.Errorf("%s is %v, recorded %v", path, got, want)
		}
	}
}

// key makes a key and gives its metadata.
func (c *comparison) key(in map[string]any) map[string]any {
	c.t.Helper()
	return c.ok(c.t, "CreateKey", in)["KeyMetadata"].(map[string]any)
}

func (c *comparison) keyID(in map[string]any) string {
	c.t.Helper()
	return c.key(in)["KeyId"].(string)
}

// try makes a call and compares its answer.
func (c *comparison) try(step, name string, in map[string]any) answer {
	c.t.Helper()
	a := c.call(c.t, "us-east-1", name, in)
	c.step(step, a)
	return a
}

// inner compares one member of an answer, where the recording has that alone.
func (c *comparison) inner(step string, a answer, member string) {
	c.t.Helper()
	if inside, ok := a.body[member].(map[string]any); ok {
		a.body = inside
	}
	c.step(step, a)
}

func b64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

// TestRecorded runs every recorded case: code and status of each failure, members and fixed values of each success.
func TestRecorded(t *testing.T) {
	t.Parallel()
	s := setup(t)
	all, skipped := loadRecorded(t), different()
	cases := scenarios()
	compared, ran := 0, 0
	for name, steps := range all {
		if _, ok := skipped[name]; ok {
			continue
		}
		base, parameters, _ := strings.Cut(strings.TrimSuffix(name, "]"), "[")
		run, ok := cases[base]
		if !ok {
			t.Errorf("no scenario for %s", name)
			continue
		}
		ran++
		t.Run(name, func(t *testing.T) {
			if testing.Short() && strings.Contains(parameters, "4096") {
				t.Skip("RSA_4096 takes seconds to draw")
			}
			c := &comparison{server: s, t: t, steps: steps}
			run(c, strings.Split(parameters, "-"))
			if c.compared == 0 && len(steps) > 0 && !holdsLists(steps) {
				t.Errorf("nothing of %d steps was compared", len(steps))
			}
			compared += c.compared
		})
	}
	if ran+len(skipped) != len(all) || len(all) != 114 {
		t.Errorf("ran %d cases and skipped %d of %d", ran, len(skipped), len(all))
	}
	t.Logf("%d cases, %d answers compared, %d cases differ: %v", ran, compared, len(skipped), skipped)
}

// holdsLists reports whether a recording is of lists or numbers, which scenarios compare by themselves.
func holdsLists(steps recording) bool {
	for _, v := range steps {
		if _, ok := v.(map[string]any); ok {
			return false
		}
	}
	return true
}
