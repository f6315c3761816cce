package policy

import (
	"net/netip"
	"strings"
)

// addressValue is a value of IpAddress or NotIpAddress: the addresses of a prefix.
type addressValue struct {
	prefix netip.Prefix
}

func (v addressValue) compare(value string, ctx *Context) verdict {
	a, ok := ctx.address(value)
	if !ok {
		return unknown
	}
	return verdictOf(v.prefix.Contains(a))
}

// parseAddress reads an IPv4 or IPv6 address; an IPv4 address in IPv6 form is the IPv4 address.
func parseAddress(text string) (netip.Addr, bool) {
	a, err := netip.ParseAddr(text)
	return a.Unmap(), err == nil && a.Zone() == ""
}

// parsePrefix reads an address or a prefix in CIDR notation. Bits beyond the prefix may be set, as AWS allows.
func parsePrefix(text string) (netip.Prefix, bool) {
	if !strings.Contains(text, "/") {
		a, ok := parseAddress(text)
		return netip.PrefixFrom(a, a.BitLen()), ok
	}
	p, err := netip.ParsePrefix(text)
	if err != nil {
		return netip.Prefix{}, false
	}
	const mapped = 96 // bits before the IPv4 address in an IPv6 address that holds one
	if p.Addr().Is4In6() && p.Bits() >= mapped {
		p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-mapped)
	}
	return p.Masked(), true
}
