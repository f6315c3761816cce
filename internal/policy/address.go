package policy

import (
	"encoding/binary"
	"net/netip"
	"strings"
)

// ranges are the values of IpAddress or NotIpAddress, together: the addresses of prefixes. One comparison serves all values of a condition,
// since allow lists are long and the request's address is the same for each.
type ranges []addressRange

func (r ranges) compare(value string, ctx *Context) verdict {
	a, ok := ctx.address(value)
	if !ok {
		return unknown
	}
	for i := range r {
		if r[i].holds(a) {
			return yes
		}
	}
	return no
}

// number is an IP address as two halves; those of the two versions are never the same.
type number struct {
	high, low uint64
	four      bool
}

func numberOf(a netip.Addr) number {
	b := a.As16()
	return number{binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:]), a.Is4()}
}

// addressRange is the addresses that share the first with the bits that the mask has.
type addressRange struct {
	first             number
	maskHigh, maskLow uint64
}

func newAddressRange(p netip.Prefix) addressRange {
	length := p.Bits()
	if p.Addr().Is4() {
		length += mapped
	}
	// Go shifts 64 bits or more out to 0.
	return addressRange{numberOf(p.Addr()), ^(^uint64(0) >> min(length, 64)), ^(^uint64(0) >> max(length-64, 0))}
}

func (r *addressRange) holds(a number) bool {
	return (a.high^r.first.high)&r.maskHigh|(a.low^r.first.low)&r.maskLow == 0 && a.four == r.first.four
}

// mapped is the number of bits before the IPv4 address in an IPv6 address that holds one.
const mapped = 96

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
	if p.Addr().Is4In6() && p.Bits() >= mapped {
		p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-mapped)
	}
	return p.Masked(), true
}
