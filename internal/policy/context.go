package policy

// Context is what is known about a request: condition keys and their values. Names of keys are the same in any case. The zero
// value is empty and ready to use. It is not safe for concurrent change.
type Context struct {
	values map[string][]string
}

// Set gives a key its values and replaces earlier ones. Without a value the key is absent. Dates are in ISO 8601 or Unix
// seconds, booleans "true" or "false", bytes in base64.
func (c *Context) Set(key string, values ...string) {
	if c.values == nil {
		c.values = map[string][]string{}
	}
	c.values[fold(key)] = values
}

// Get gives the values of a key; none means that it is absent.
func (c Context) Get(key string) []string { return c.values[fold(key)] }
