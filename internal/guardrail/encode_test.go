package guardrail

import (
	"bytes"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// fill sets every field below v to a value that is not zero.
func fill(t *testing.T, v reflect.Value, n *int) {
	t.Helper()
	*n++
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(t, v.Field(i), n)
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			fill(t, v.Index(i), n)
		}
	case reflect.String:
		v.SetString("텍스트 <&> \u2028 " + string(rune('a'+*n%26)))
	case reflect.Int8:
		v.SetInt(int64(*n%2 + 1))
	case reflect.Float64:
		v.SetFloat(1 / float64(*n))
	default:
		t.Fatalf("fill: kind %s is new here", v.Kind())
	}
}

func TestConfigRoundTrip(t *testing.T) {
	t.Parallel()
	var full Config
	n := 0
	fill(t, reflect.ValueOf(&full).Elem(), &n)
	for name, config := range map[string]Config{"full": full, "empty": {}} {
		stored, err := EncodeConfig(config)
		if err != nil {
			t.Fatal(err)
		}
		back, err := DecodeConfig(stored)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(config, back); diff != "" {
			t.Errorf("%s: -stored +read\n%s", name, diff)
		}
	}
	if n < 80 {
		t.Errorf("filled %d values: the walk is broken", n)
	}
}

// TestConfigFormat pins the stored form: whoever renames a field of Config breaks the data of everybody and needs a new format.
func TestConfigFormat(t *testing.T) {
	t.Parallel()
	const stored = "\x01" + `{"Name":"n","Description":"","BlockedInput":"i","BlockedOutput":"o",` +
		`"Topics":{"Topics":[{"Name":"t","Definition":"d","Examples":["e"],"Gates":{"Input":{"Action":"BLOCK","Enabled":1},"Output":{"Action":"","Enabled":2}}}],"Tier":"STANDARD"},` +
		`"Content":{"Filters":[{"Category":"HATE","InputStrength":"LOW","OutputStrength":"HIGH","InputModalities":["TEXT","IMAGE"],"OutputModalities":null,"Gates":{"Input":{"Action":"","Enabled":0},"Output":{"Action":"","Enabled":0}}}],"Tier":""},` +
		`"Words":{"Words":[{"Text":"w","Gates":{"Input":{"Action":"","Enabled":0},"Output":{"Action":"","Enabled":0}}}],"Managed":[{"Type":"PROFANITY","Gates":{"Input":{"Action":"","Enabled":0},"Output":{"Action":"","Enabled":0}}}]},` +
		`"Sensitive":{"Entities":[{"Type":"EMAIL","Action":"ANONYMIZE","Gates":{"Input":{"Action":"","Enabled":0},"Output":{"Action":"","Enabled":0}}}],` +
		`"Regexes":[{"Name":"r","Description":"","Pattern":"p","Action":"BLOCK","Gates":{"Input":{"Action":"","Enabled":0},"Output":{"Action":"","Enabled":0}}}]},` +
		`"Grounding":{"Filters":[{"Type":"GROUNDING","Threshold":0.85,"Action":"","Enabled":0}],"Tier":""},` +
		`"ProfileID":"us.guardrail.v1:0","ProfileARN":"a","KMSKeyARN":"k"}`
	want := Config{
		Name: "n", BlockedInput: "i", BlockedOutput: "o",
		Topics: TopicPolicy{Tier: Standard, Topics: []Topic{{
			Name: "t", Definition: "d", Examples: []string{"e"}, Gates: Gates{Input: Gate{Block, On}, Output: Gate{"", Off}},
		}}},
		Content: ContentPolicy{Filters: []ContentFilter{{
			Category: Hate, InputStrength: StrengthLow, OutputStrength: StrengthHigh, InputModalities: []Modality{Text, Image},
		}}},
		Words:     WordPolicy{Words: []Word{{Text: "w"}}, Managed: []ManagedList{{Type: Profanity}}},
		Sensitive: SensitivePolicy{Entities: []PIIEntity{{Type: "EMAIL", Action: Anonymize}}, Regexes: []Regex{{Name: "r", Pattern: "p", Action: Block}}},
		Grounding: GroundingPolicy{Filters: []GroundingFilter{{Type: Grounded, Threshold: 0.85}}},
		ProfileID: "us.guardrail.v1:0", ProfileARN: "a", KMSKeyARN: "k",
	}
	got, err := DecodeConfig([]byte(stored))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	again, err := EncodeConfig(want)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(stored, string(again)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestDecodeConfigRefuses(t *testing.T) {
	t.Parallel()
	for name, stored := range map[string]string{
		"nothing":        "",
		"other format":   "\x02{}",
		"format alone":   "\x01",
		"unknown member": "\x01" + `{"Filter":1}`,
		"more behind":    "\x01{}{}",
		"space behind":   "\x01{} ",
		"wrong type":     "\x01" + `{"Name":1}`,
	} {
		if _, err := DecodeConfig([]byte(stored)); err == nil {
			t.Errorf("%s: read without error", name)
		}
	}
}

// FuzzDecodeConfig: whatever can be read is read the same after it was written again.
func FuzzDecodeConfig(f *testing.F) {
	f.Add([]byte("\x01{}"))
	f.Add([]byte("\x01" + `{"Name":"n","Grounding":{"Filters":[{"Threshold":0.1}]}}`))
	f.Fuzz(func(t *testing.T, stored []byte) {
		config, err := DecodeConfig(stored)
		if err != nil {
			return
		}
		first, err := EncodeConfig(config)
		if err != nil {
			t.Fatal(err)
		}
		again, err := DecodeConfig(first)
		if err != nil {
			t.Fatal(err)
		}
		second, err := EncodeConfig(again)
		if err != nil || !bytes.Equal(first, second) {
			t.Errorf("%q became %q (%v)", first, second, err)
		}
	})
}
