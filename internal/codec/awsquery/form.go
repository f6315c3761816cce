package awsquery

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"merlon.dev/merlon/internal/fault"
)

const (
	maxParameters = 10_000
	maxDepth      = 64 // parts of a name
	maxName       = 1024
)

// parameter is one parameter of a form, unescaped.
type parameter struct{ name, value string }

// action and version are the parameters of every request.
const (
	action  = "Action"
	version = "Version"
)

// malformed is a request that cannot be read, under the code that query services use.
func malformed(format string, args ...any) error {
	f := fault.New(fault.Malformed, format, args...)
	f.Code = "MalformedInput"
	return f
}

// form gives a request's parameters: those of the body and those of the URL, without the signature's own.
func form(r *http.Request, body []byte) ([]parameter, error) {
	if len(body) > 0 && !formContent(r.Header.Get("Content-Type")) {
		return nil, malformed("content type %s is not supported, use application/x-www-form-urlencoded", strconv.Quote(r.Header.Get("Content-Type")))
	}
	list, err := appendForm(nil, string(body), false)
	if err != nil {
		return nil, err
	}
	return appendForm(list, r.URL.RawQuery, true)
}

// arrange puts the parameters in order, in which one that comes twice shows.
func arrange(list []parameter) error {
	slices.SortFunc(list, func(a, b parameter) int { return compareNames(a.name, b.name) })
	for i := range list {
		if i > 0 && list[i].name == list[i-1].name {
			return malformed("duplicate parameter %s", strconv.Quote(cut(list[i].name)))
		}
	}
	return nil
}

func formContent(contentType string) bool {
	media, _, _ := strings.Cut(contentType, ";")
	media = strings.TrimSpace(media)
	return media == "" || strings.EqualFold(media, "application/x-www-form-urlencoded")
}

// appendForm reads name=value pairs.
func appendForm(list []parameter, text string, inURL bool) ([]parameter, error) {
	list = slices.Grow(list, min(strings.Count(text, "&")+1, maxParameters))
	for text != "" {
		var pair string
		pair, text, _ = strings.Cut(text, "&")
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		p := parameter{}
		var err error
		if p.name, err = unescape(name); err != nil {
			return nil, malformed("a parameter's name is not properly escaped")
		}
		// A presigned URL carries its signature beside the parameters.
		if inURL && strings.HasPrefix(p.name, "X-Amz-") {
			continue
		}
		if p.value, err = unescape(value); err != nil {
			return nil, malformed("the value of the parameter %s is not properly escaped", strconv.Quote(cut(p.name)))
		}
		switch {
		case p.name == "":
			return nil, malformed("a parameter without name")
		case len(p.name) > maxName:
			return nil, malformed("a parameter's name exceeds %d bytes", maxName)
		case strings.Count(p.name, ".") >= maxDepth:
			return nil, malformed("a parameter's name has more than %d parts", maxDepth)
		case !utf8.ValidString(p.name) || !utf8.ValidString(p.value):
			return nil, malformed("invalid UTF-8 in the parameter %s", strconv.Quote(cut(p.name)))
		case len(list) == maxParameters:
			return nil, malformed("more than %d parameters", maxParameters)
		}
		list = append(list, p)
	}
	return list, nil
}

// cut shortens a name for a message.
func cut(name string) string { return name[:min(len(name), 128)] }

func unescape(s string) (string, error) {
	if !strings.ContainsAny(s, "%+") {
		return s, nil
	}
	return url.QueryUnescape(s)
}

// compareNames orders names part by part, so that everything below a name stands right behind it, and numbers by their size.
func compareNames(a, b string) int {
	for {
		partA, restA, moreA := strings.Cut(a, ".")
		partB, restB, moreB := strings.Cut(b, ".")
		if partA != partB {
			return compareParts(partA, partB)
		}
		if !moreA || !moreB {
			return cmp.Compare(btoi(moreA), btoi(moreB))
		}
		a, b = restA, restB
	}
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

func compareParts(a, b string) int {
	digitsA, digitsB := digits(a), digits(b)
	switch {
	case digitsA != digitsB:
		return btoi(digitsB) - btoi(digitsA)
	case digitsA && len(a) != len(b):
		return len(a) - len(b)
	}
	return strings.Compare(a, b)
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// find gives the value of a parameter of a sorted list.
func find(list []parameter, name string) (string, bool) {
	at, ok := slices.BinarySearchFunc(list, name, func(p parameter, name string) int { return compareNames(p.name, name) })
	if !ok {
		return "", false
	}
	return list[at].value, true
}
