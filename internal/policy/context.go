package policy

import "strings"

// Context is what is known about a request: condition keys and their values. Names of keys are the same in any case. The zero
// value is empty and ready to use. It is not safe for concurrent change.
type Context struct {
	values map[string][]string
	// addresses are the first values that are IP addresses, read once: every statement of a policy may ask for the same one.
	addresses []address
}

// knownAddresses is how many addresses are kept; a call comes from one, and through one more inside a VPC.
const knownAddresses = 4

// address is an IP address as it was written and as it was read.
type address struct {
	text string
	read number
}

// Set gives a key its values and replaces earlier ones. Without a value the key is absent. Dates are in ISO 8601 or Unix
// seconds, booleans "true" or "false", bytes in base64.
func (c *Context) Set(key string, values ...string) {
	if c.values == nil {
		c.values = map[string][]string{}
	}
	c.values[fold(key)] = values
	if len(values) != 1 || len(c.addresses) == knownAddresses {
		return
	}
	text := values[0]
	if strings.ContainsAny(text, ".:") && strings.Trim(text, "0123456789abcdefABCDEF.:") == "" {
		if read, ok := parseAddress(text); ok {
			c.addresses = append(c.addresses, address{text, numberOf(read)})
		}
	}
}

// address gives the IP address that one of the values is.
func (c *Context) address(text string) (number, bool) {
	for i := range c.addresses {
		if c.addresses[i].text == text {
			return c.addresses[i].read, true
		}
	}
	read, ok := parseAddress(text)
	if !ok {
		return number{}, false
	}
	return numberOf(read), true
}

// Get gives the values of a key; none means that it is absent.
func (c Context) Get(key string) []string { return c.values[fold(key)] }
