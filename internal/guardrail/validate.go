package guardrail

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"merlon.dev/merlon/internal/fault"
)

// Longest topic definitions in characters, by tier.
const (
	maxClassicDefinition  = 200
	maxStandardDefinition = 1000
)

// validate checks what a configuration means; its form (lengths, patterns, enumerations) was checked at the wire. The first
// thing that is wrong is reported, in the order of the policies in Config.
func (s *Service) validate(c Config) error {
	if c.empty() {
		return fault.New(fault.Invalid, "Guardrail must have at least one policy")
	}
	for _, check := range []func(Config) error{
		checkTiers, checkTopics, checkContent, checkWords, checkEntities, s.checkRegexes, checkGrounding,
	} {
		if err := check(c); err != nil {
			return err
		}
	}
	return nil
}

// empty reports whether no policy has a filter.
func (c Config) empty() bool {
	return len(c.Topics.Topics) == 0 && len(c.Content.Filters) == 0 && len(c.Words.Words) == 0 && len(c.Words.Managed) == 0 &&
		len(c.Sensitive.Entities) == 0 && len(c.Sensitive.Regexes) == 0 && len(c.Grounding.Filters) == 0
}

func checkTiers(c Config) error {
	if c.ProfileID == "" && slices.Contains([]Tier{c.Topics.Tier, c.Content.Tier, c.Grounding.Tier}, Standard) {
		return fault.New(fault.Invalid, "The STANDARD tier requires a cross-Region guardrail profile. Provide crossRegionConfig or use the CLASSIC tier.")
	}
	return nil
}

func checkTopics(c Config) error {
	longest := maxClassicDefinition
	if c.Topics.Tier == Standard {
		longest = maxStandardDefinition
	}
	seen := map[string]bool{}
	for _, topic := range c.Topics.Topics {
		if utf8.RuneCountInString(topic.Definition) > longest {
			return fault.New(fault.Invalid, "One or more of your guardrail topic definitions exceeds the maximum allowed length. "+
				"Shorten your topic definitions or update your guardrail topic policy configuration to support longer definitions.")
		}
		if seen[topic.Name] {
			return errTwice("topic name")
		}
		seen[topic.Name] = true
	}
	return nil
}

func checkContent(c Config) error {
	seen := map[Category]bool{}
	for _, filter := range c.Content.Filters {
		if seen[filter.Category] {
			return errTwice("content filter type")
		}
		seen[filter.Category] = true
		if filter.Category == PromptAttack && filter.OutputStrength != StrengthNone {
			return fault.New(fault.Invalid, "The outputStrength of the PROMPT_ATTACK content filter must be NONE.")
		}
		for _, modalities := range [][]Modality{filter.InputModalities, filter.OutputModalities} {
			if len(modalities) == 2 && modalities[0] == modalities[1] {
				return errTwice("content filter modality")
			}
		}
	}
	return nil
}

// checkWords treats phrases that differ only in case as different, as far as they can be configured.
func checkWords(c Config) error {
	seen := make(map[string]bool, len(c.Words.Words))
	for _, word := range c.Words.Words {
		if strings.TrimSpace(word.Text) == "" {
			return fault.New(fault.Invalid, "A word in wordPolicyConfig must not consist of white space only.")
		}
		if seen[word.Text] {
			return errTwice("word")
		}
		seen[word.Text] = true
	}
	lists := map[string]bool{}
	for _, list := range c.Words.Managed {
		if lists[list.Type] {
			return errTwice("managed word list type")
		}
		lists[list.Type] = true
	}
	return nil
}

func checkEntities(c Config) error {
	seen := map[string]bool{}
	for _, entity := range c.Sensitive.Entities {
		if seen[entity.Type] {
			return errTwice("PII entity type")
		}
		seen[entity.Type] = true
	}
	return nil
}

func (s *Service) checkRegexes(c Config) error {
	if most := s.limits.Regexes; most > 0 && len(c.Sensitive.Regexes) > most {
		return fault.New(fault.OverQuota, "A guardrail can have at most %d regexes.", most)
	}
	seen := map[string]bool{}
	for _, regex := range c.Sensitive.Regexes {
		if seen[regex.Name] {
			return errTwice("regex name")
		}
		seen[regex.Name] = true
		if err := s.checkRegex(regex.Pattern); fault.Is(err, fault.Invalid) {
			return fault.Wrap(err, fault.Invalid, "The pattern of regex %s cannot be used: %s", regex.Name, fault.From(err).Message)
		} else if err != nil {
			return fmt.Errorf("check pattern of a regex: %w", err)
		}
	}
	return nil
}

func checkGrounding(c Config) error {
	seen := map[GroundingType]bool{}
	for _, filter := range c.Grounding.Filters {
		if seen[filter.Type] {
			return errTwice("contextual grounding filter type")
		}
		seen[filter.Type] = true
		// The comparison is written so that NaN fails it.
		if !(filter.Threshold >= 0 && filter.Threshold < 1) {
			return fault.New(fault.Invalid, "The threshold of a contextual grounding filter must be at least 0 and less than 1.")
		}
	}
	return nil
}

// errTwice does not quote the value: names and words of a guardrail are sensitive.
func errTwice(what string) error {
	return fault.New(fault.Invalid, "The request contains the same %s more than once.", what)
}
