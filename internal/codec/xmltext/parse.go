package xmltext

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"merlon.dev/merlon/internal/fault"
)

const (
	maxDepth      = 100
	maxElements   = 100_000
	maxAttributes = 64
)

// Document is a text that has been read. It is not changed by use and safe for concurrent use.
type Document struct{ nodes []node }

// node is an element; others are named by their place in Document.nodes, of which 0 is the root and so nobody's child.
type node struct {
	name        string // without prefix
	text        string // all of it that stands in no element inside
	attributes  []attribute
	first, next int32
}

type attribute struct{ name, value string }

// Parse reads text. The error is a fault of kind Malformed that says where.
func Parse(text []byte) (*Document, error) {
	if !utf8.Valid(text) {
		return nil, fault.New(fault.Malformed, "invalid UTF-8 in XML")
	}
	p := parser{s: string(text), doc: &Document{}}
	p.prolog()
	p.element(0)
	p.space()
	if p.pos < len(p.s) {
		p.fail("text after the end of the element")
	}
	if p.err != nil {
		return nil, p.err
	}
	return p.doc, nil
}

// parser reads one text from its beginning to its end or the first error.
type parser struct {
	s   string
	pos int
	doc *Document
	err error
}

func (p *parser) fail(problem string) {
	if p.err == nil {
		p.err = fault.New(fault.Malformed, "%s in XML (byte %d)", problem, p.pos)
	}
	p.pos = len(p.s)
}

// skip passes over a literal.
func (p *parser) skip(literal string) bool {
	if !strings.HasPrefix(p.s[p.pos:], literal) {
		return false
	}
	p.pos += len(literal)
	return true
}

// until passes over what comes before the end literal, and the literal.
func (p *parser) until(end string) string {
	at := strings.Index(p.s[p.pos:], end)
	if at < 0 {
		p.fail("no " + strconv.Quote(end))
		return ""
	}
	text := p.s[p.pos : p.pos+at]
	p.pos += at + len(end)
	return text
}

func white(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

// blanks passes over white space and reports whether there was some.
func (p *parser) blanks() bool {
	start := p.pos
	for p.pos < len(p.s) && white(p.s[p.pos]) {
		p.pos++
	}
	return p.pos > start
}

// space passes over white space and comments.
func (p *parser) space() {
	for p.blanks(); p.comment(); p.blanks() {
	}
}

func (p *parser) comment() bool {
	if !p.skip("<!--") {
		return false
	}
	p.characters(p.until("--"))
	if p.err == nil && !p.skip(">") {
		p.fail("\"--\" inside a comment")
	}
	return p.err == nil
}

// prolog passes over the declaration, which must be of XML 1.0 in UTF-8.
func (p *parser) prolog() {
	p.skip("\ufeff")
	if p.skip("<?xml ") {
		declaration := strings.ReplaceAll(strings.ToLower(p.until("?>")), "'", `"`)
		for i, part := range strings.Fields(declaration) {
			switch {
			case i == 0 && part == `version="1.0"`:
			case i == 1 && part == `encoding="utf-8"`:
			case i >= 1 && strings.HasPrefix(part, "standalone="):
			default:
				p.fail("unknown declaration")
			}
		}
	}
	p.space()
}

// element reads an element with all in it and gives its place.
func (p *parser) element(depth int) int32 {
	switch {
	case p.err != nil:
		return 0
	case depth == maxDepth:
		p.fail("more than 100 levels")
	case len(p.doc.nodes) == maxElements:
		p.fail("more than 100000 elements")
	case !p.skip("<"):
		p.fail("no element")
	}
	at := int32(len(p.doc.nodes))
	name := p.name()
	p.doc.nodes = append(p.doc.nodes, node{name: name[strings.IndexByte(name, ':')+1:]})
	p.attributes(at)
	switch {
	case p.skip("/>"):
	case p.skip(">"):
		p.content(at, depth)
		if got := p.name(); got != name {
			p.fail("end of " + strconv.Quote(got) + " where " + strconv.Quote(name) + " is open")
		}
		p.blanks()
		if p.err == nil && !p.skip(">") {
			p.fail("no \">\"")
		}
	default:
		p.fail("unfinished start tag")
	}
	return at
}

func (p *parser) attributes(at int32) {
	var list []attribute
	for p.blanks() && p.pos < len(p.s) && p.s[p.pos] != '>' && p.s[p.pos] != '/' {
		a := attribute{name: p.name()}
		p.blanks()
		if !p.skip("=") {
			p.fail("attribute without value")
		}
		p.blanks()
		switch {
		case p.skip(`"`):
			a.value = p.plain(p.until(`"`), true)
		case p.skip("'"):
			a.value = p.plain(p.until("'"), true)
		default:
			p.fail("attribute without quotes")
		}
		for _, other := range list {
			if other.name == a.name {
				p.fail("duplicate attribute " + strconv.Quote(a.name))
			}
		}
		if list = append(list, a); len(list) > maxAttributes {
			p.fail("more than 64 attributes")
		}
	}
	p.doc.nodes[at].attributes = list
}

// content reads what is in an element up to the name in its end tag.
func (p *parser) content(at int32, depth int) {
	var text strings.Builder
	last := int32(0)
	for p.err == nil && !p.skip("</") {
		switch {
		case p.skip("<![CDATA["):
			text.WriteString(p.characters(p.until("]]>")))
		case p.comment():
		case p.pos < len(p.s) && p.s[p.pos] == '<':
			child := p.element(depth + 1)
			if last == 0 {
				p.doc.nodes[at].first = child
			} else {
				p.doc.nodes[last].next = child
			}
			last = child
		default:
			end := strings.IndexByte(p.s[p.pos:], '<')
			if end < 0 {
				p.fail("element without end")
				return
			}
			raw := p.s[p.pos : p.pos+end]
			if strings.Contains(raw, "]]>") {
				p.fail("\"]]>\" outside of a section")
			}
			p.pos += end
			plain := p.plain(raw, false)
			if text.Len() == 0 && strings.HasPrefix(p.s[min(p.pos, len(p.s)):], "</") && last == 0 {
				p.doc.nodes[at].text = plain // the whole of it: no copy
				continue
			}
			text.WriteString(plain)
		}
	}
	if text.Len() > 0 {
		p.doc.nodes[at].text = text.String()
	}
}

// name reads a name, with its prefix.
func (p *parser) name() string {
	start := p.pos
	for p.pos < len(p.s) && nameByte(p.s[p.pos], p.pos == start) {
		p.pos++
	}
	if p.pos == start {
		p.fail("no name")
		return ""
	}
	name := p.s[start:p.pos]
	if strings.Count(name, ":") > 1 || name[0] == ':' || name[len(name)-1] == ':' {
		p.fail("bad name")
	}
	return name
}

func nameByte(c byte, first bool) bool {
	switch {
	case c|0x20 >= 'a' && c|0x20 <= 'z', c == '_', c == ':', c >= utf8.RuneSelf:
		return true
	case c == '-', c == '.', c >= '0' && c <= '9':
		return !first
	}
	return false
}
