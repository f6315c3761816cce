package awsquery_test

import (
	"encoding/xml"
	"errors"
	"io"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/codec/awsquery"
	"merlon.dev/merlon/internal/codec/codectest"
)

// The vectors come from botocore's copy of Smithy's protocol tests, Apache-2.0. One in these lists does not apply in that
// direction, for the reason given.
var (
	compressed = "compression is the HTTP client's work"
	oneWay     = "another spelling of the same value, which we read and never write"

	skipEncodeRequest = map[string]string{
		"QueryHostWithPath":                                     "the endpoint is the HTTP client's, not the protocol's",
		"SDKAppliedContentEncoding_awsQuery":                    compressed,
		"SDKAppendsGzipAndIgnoresHttpProvidedEncoding_awsQuery": compressed,
		"QueryProtocolIdempotencyTokenAutoFill":                 "tokens are made by callers, who want to repeat them",
	}
	skipDecodeRequest = map[string]string{
		"SDKAppliedContentEncoding_awsQuery":                    compressed,
		"SDKAppendsGzipAndIgnoresHttpProvidedEncoding_awsQuery": compressed,
		"QueryProtocolIdempotencyTokenAutoFill":                 "the token is there on the wire, not in the value",
		"QueryEmptyQueryMaps":                                   "an empty map leaves no trace in a form",
	}
	skipEncodeAnswer = map[string]string{
		"AwsQueryDateTimeWithNegativeOffset": oneWay,
		"AwsQueryDateTimeWithPositiveOffset": oneWay,
	}
	skipDecodeAnswer = map[string]string{}
)

func vectors(t *testing.T, direction string) []*codectest.Vector {
	t.Helper()
	data, err := os.ReadFile("testdata/" + direction + ".json")
	if err != nil {
		t.Fatal(err)
	}
	list, err := codectest.ReadVectors(data)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func shape(v *codectest.Vector) codec.Shape {
	if v.Value == nil {
		return codec.NewEmpty()
	}
	return v.Value
}

func TestEncodeRequest(t *testing.T) {
	t.Parallel()
	codectest.Run(t, vectors(t, "input"), skipEncodeRequest, 34, func(t *testing.T, v *codectest.Vector) {
		r, err := awsquery.Client{}.EncodeRequest(v.Operation, shape(v))
		if err != nil {
			t.Fatal(err)
		}
		if r.Method != v.Request.Method || r.URL.Path != v.Request.URI {
			t.Errorf("%s %s, want %s %s", r.Method, r.URL.Path, v.Request.Method, v.Request.URI)
		}
		if media, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";"); media != v.Request.Headers["Content-Type"] {
			t.Errorf("content type %q", media)
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(values(t, *v.Request.Body), values(t, string(body))); diff != "" {
			t.Error(diff)
		}
	})
}

func values(t *testing.T, form string) url.Values {
	t.Helper()
	v, err := url.ParseQuery(form)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestDecodeRequest(t *testing.T) {
	t.Parallel()
	codectest.Run(t, vectors(t, "input"), skipDecodeRequest, 34, func(t *testing.T, v *codectest.Vector) {
		body := []byte(*v.Request.Body)
		r := httptest.NewRequest(v.Request.Method, v.Request.URI, nil)
		for name, value := range v.Request.Headers {
			r.Header.Set(name, value)
		}
		action, version, err := awsquery.Protocol{}.Action(r, body)
		if err != nil || action != v.Operation.Name || version != v.Operation.Service.APIVersion {
			t.Errorf("action %s of version %s: %v", action, version, err)
		}
		in := v.Operation.NewInput()
		if err := (awsquery.Protocol{}).DecodeRequest(v.Operation, r, nil, body, in); err != nil {
			t.Fatal(err)
		}
		sameValue(t, in, v)
	})
}

func TestEncodeResponse(t *testing.T) {
	t.Parallel()
	// Failures are another test's: see TestEncodeError.
	answers := slices.DeleteFunc(vectors(t, "output"), func(v *codectest.Vector) bool { return v.ErrorCode != "" })
	codectest.Run(t, answers, skipEncodeAnswer, 33, func(t *testing.T, v *codectest.Vector) {
		// The vectors' metadata leaves the namespace of their service out.
		v.Operation.Service.XMLNamespace = "https://example.com/"
		w := httptest.NewRecorder()
		w.Header().Set("X-Amzn-Requestid", "id")
		if err := (awsquery.Protocol{}).EncodeResponse(w, v.Operation, shape(v)); err != nil {
			t.Fatal(err)
		}
		if w.Code != v.Response.Status || w.Header().Get("Content-Type") != "text/xml" {
			t.Errorf("status %d, content type %s", w.Code, w.Header().Get("Content-Type"))
		}
		got := parse(t, w.Body.String())
		metadata := got.child("ResponseMetadata")
		if metadata == nil || metadata.child("RequestId") == nil || metadata.child("RequestId").Text != "id" {
			t.Errorf("no request id in %s", w.Body)
		}
		if v.Response.Body == "" {
			return
		}
		got.Children = slices.DeleteFunc(got.Children, func(e *element) bool { return e == metadata })
		want := parse(t, v.Response.Body)
		// We write a map's entries in order.
		if strings.Contains(v.ID, "Map") {
			got.sort()
			want.sort()
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}

func TestDecodeResponse(t *testing.T) {
	t.Parallel()
	codectest.Run(t, vectors(t, "output"), skipDecodeAnswer, 38, func(t *testing.T, v *codectest.Vector) {
		client := awsquery.Client{}
		out := codectest.NewDynamic(shape(v).Schema())
		if v.ErrorCode == "" {
			if err := client.DecodeResponse(v.Operation, []byte(v.Response.Body), out); err != nil {
				t.Fatal(err)
			}
		} else {
			answer, err := client.DecodeError([]byte(v.Response.Body), out)
			want := awsquery.ErrorAnswer{Type: "Sender", Code: v.ErrorCode, Message: v.ErrorMessage, RequestID: "foo-id"}
			if err != nil || answer != want {
				t.Errorf("got %v, %v", answer, err)
			}
		}
		if v.Value != nil {
			sameValue(t, out, v)
		}
	})
}

func TestEncodeError(t *testing.T) {
	t.Parallel()
	ran, same := 0, 0
	for _, v := range vectors(t, "output") {
		if v.ErrorCode == "" {
			continue
		}
		ran++
		w := httptest.NewRecorder()
		awsquery.Protocol{}.EncodeError(w, codec.Failure{
			Service: v.Operation.Service, Code: v.Operation.Service.Exceptions[0].Code, Status: v.Response.Status, Message: v.ErrorMessage, RequestID: "foo-id",
		})
		answer, err := awsquery.Client{}.DecodeError(w.Body.Bytes(), nil)
		if err != nil || answer.Code != v.ErrorCode || w.Code != v.Response.Status || w.Header().Get("X-Amzn-Requestid") != "foo-id" {
			t.Errorf("%s: %d %v, %v", v.ID, w.Code, answer, err)
		}
		if v.ErrorMessage != "" {
			same++
			if diff := cmp.Diff(parse(t, v.Response.Body), parse(t, w.Body.String())); diff != "" {
				t.Errorf("%s: %s", v.ID, diff)
			}
		}
	}
	if ran != 3 || same != 2 {
		t.Errorf("ran %d failures, %d of them compared whole", ran, same)
	}
}

func TestEncodeReceiverError(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	awsquery.Protocol{}.EncodeError(w, codec.Failure{
		Service: &codec.Service{XMLNamespace: "urn:x"}, Code: "InternalFailure", Status: 500, Message: "a < b", RequestID: "id", Members: map[string]string{"more": "&"},
	})
	want := `<ErrorResponse xmlns="urn:x"><Error><Type>Receiver</Type><Code>InternalFailure</Code><Message>a &lt; b</Message><more>&amp;</more></Error>` +
		`<RequestId>id</RequestId></ErrorResponse>`
	if got := w.Body.String(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func sameValue(t *testing.T, got codec.Shape, v *codectest.Vector) {
	t.Helper()
	if shape, ok := got.(*codectest.Dynamic); ok && !shape.Equal(v.Value) {
		t.Errorf("got %v, want %v", shape, v.Value)
	}
}

// element is XML as encoding/xml sees it, without the white space between elements.
type element struct {
	Name       string
	Attributes []xml.Attr
	Text       string
	Children   []*element
}

func (e *element) child(name string) *element {
	for _, c := range e.Children {
		if strings.HasSuffix(c.Name, " "+name) {
			return c
		}
	}
	return nil
}

func (e *element) sort() {
	for _, c := range e.Children {
		c.sort()
	}
	slices.SortStableFunc(e.Children, func(a, b *element) int { return strings.Compare(a.key(), b.key()) })
}

func (e *element) key() string {
	text := e.Name + e.Text
	for _, c := range e.Children {
		text += c.key()
	}
	return text
}

func parse(t *testing.T, text string) *element {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(text))
	outer := &element{}
	stack := []*element{outer}
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		top := stack[len(stack)-1]
		switch token := token.(type) {
		case xml.StartElement:
			e := &element{Name: token.Name.Space + " " + token.Name.Local, Attributes: token.Attr}
			top.Children = append(top.Children, e)
			stack = append(stack, e)
		case xml.EndElement:
			stack = stack[:len(stack)-1]
			if len(top.Children) > 0 {
				top.Text = strings.TrimSpace(top.Text)
			}
			if strings.TrimSpace(top.Text) == "" {
				top.Text = ""
			}
		case xml.CharData:
			top.Text += string(token)
		}
	}
	return outer.Children[0]
}
