package token

// part is a piece of a frame: a text, or a token around the texts.
type part struct {
	text int // 0 or 1, the first or second text; -1 for a token
	id   int32
	kind int32 // token type
}

// frames reads how the tokens of one text and of a pair are framed.
func frames(processor component) (single, pair []part, err error) {
	switch kind := processor.kind(); {
	case processor == nil:
		return []part{{}}, []part{{}, {text: 1, kind: 1}}, nil
	case kind == "TemplateProcessing":
		return templates(processor)
	case kind == "ByteLevel": // moves offsets alone
		return frames(nil)
	case kind == "Sequence":
		list, err := processor.list("processors")
		if err != nil || len(list) != 2 {
			return nil, nil, malformed("only ByteLevel with one more post-processor is served")
		}
		first, _ := list[0].(component)
		second, _ := list[1].(component)
		if first.kind() != "ByteLevel" || second.kind() == "Sequence" {
			return nil, nil, malformed("only ByteLevel with one more post-processor is served")
		}
		return frames(second)
	case kind == "BertProcessing":
		if err := processor.only("type", "sep", "cls"); err != nil {
			return nil, nil, err
		}
		sep, err := named(processor["sep"])
		if err != nil {
			return nil, nil, err
		}
		cls, err := named(processor["cls"])
		first := []part{{text: -1, id: cls}, {}, {text: -1, id: sep}}
		return first, append(first[:3:3], part{text: 1, kind: 1}, part{text: -1, id: sep, kind: 1}), err
	default:
		return nil, nil, malformed("post-processor %.40q is not served", kind)
	}
}

// named reads a token and its id, as BertProcessing spells it.
func named(v any) (int32, error) {
	l, _ := v.([]any)
	if len(l) != 2 {
		return 0, malformed("BertProcessing: a token is not its text and its id")
	}
	return id(l[1])
}

func templates(processor component) (single, pair []part, err error) {
	if err := processor.only("type", "single", "pair", "special_tokens"); err != nil {
		return nil, nil, err
	}
	specials, ok := processor["special_tokens"].(component)
	if !ok {
		return nil, nil, malformed("TemplateProcessing has no special_tokens")
	}
	if single, err = template(processor, "single", specials); err != nil {
		return nil, nil, err
	}
	if pair, err = template(processor, "pair", specials); err != nil {
		return nil, nil, err
	}
	if texts(single, 0) != 1 || texts(single, 1) != 0 || texts(pair, 0) != 1 || texts(pair, 1) != 1 {
		return nil, nil, malformed("TemplateProcessing does not hold each text once")
	}
	return single, pair, nil
}

func texts(parts []part, text int) (n int) {
	for _, p := range parts {
		if p.text == text {
			n++
		}
	}
	return n
}

func template(processor component, name string, specials component) ([]part, error) {
	list, err := processor.list(name)
	if err != nil {
		return nil, err
	}
	var parts []part
	for _, v := range list {
		c, _ := v.(component)
		sequence, isText := c["Sequence"].(component)
		special, isToken := c["SpecialToken"].(component)
		if len(c) != 1 || isText == isToken {
			return nil, malformed("TemplateProcessing: a part is neither one Sequence nor one SpecialToken")
		}
		if isText {
			special = sequence
		}
		if err := special.only("id", "type_id"); err != nil {
			return nil, err
		}
		kind, err := id(special["type_id"])
		if err != nil {
			return nil, err
		}
		named, err := special.text("id")
		switch {
		case err != nil:
			return nil, err
		case isText && (named == "A" || named == "B"):
			parts = append(parts, part{text: int(named[0] - 'A'), kind: kind})
		case isText:
			return nil, malformed("TemplateProcessing: sequence %.40q is neither A nor B", named)
		default:
			ids, err := specialIDs(specials, named)
			if err != nil {
				return nil, err
			}
			for _, id := range ids {
				parts = append(parts, part{text: -1, id: id, kind: kind})
			}
		}
	}
	return parts, nil
}

// specialIDs are the tokens that a name in a template stands for.
func specialIDs(specials component, name string) ([]int32, error) {
	c, ok := specials[name].(component)
	if !ok {
		return nil, malformed("TemplateProcessing: special token %.40q is not described", name)
	}
	list, err := c.list("ids")
	if err != nil {
		return nil, err
	}
	ids := make([]int32, len(list))
	for i, v := range list {
		if ids[i], err = id(v); err != nil {
			return nil, err
		}
	}
	return ids, nil
}
