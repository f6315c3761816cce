package pii

var accountWords = []phrases{
	{cueAccount, "account|accounts|acct|acct no|acct number|acct num|a/c|a/c no|account number|account no|account num|account id|bank account|" +
		"bank account number|bank acct|checking|checking account|checking account number|savings|savings account|" +
		"savings account number|deposit account|direct deposit|beneficiary account|accnum|acc no|acc number|acc|iban/account|" +
		"계좌|계좌번호|계좌 번호|은행 계좌|은행계좌|예금계좌|환불계좌|입금계좌|口座番号|银行账号"},
}

// findAccounts finds account numbers of US banks: 8 to 17 digits, typically 10 to 12, after the words for an account or before
// them, and the last four digits where the text says that they are that.
func findAccounts(s *scan) {
	for n := range s.numbers {
		if s.lastFour(n, cueAccount) {
			t := s.tokens[s.numbers[n]]
			s.add(int(t.start), int(t.end), 0.7)
			continue
		}
		start, end, ok := s.bare(n, 8, 17)
		for _, lens := range [...][]int{{4, 4, 4}, {4, 4, 2}, {4, 4, 3}, {4, 6}, {5, 5}, {6, 6}, {2, 8}} {
			if !ok {
				start, end, ok = s.grouped(n, "- ", lens...)
			}
		}
		if !ok || !s.free(start, end) || s.at(end) == ',' && digit(s.at(end+1)) {
			continue
		}
		switch label, claimed := s.labelBefore(start, cueAccount); {
		case label && s.direct(start, cueAccount):
			s.add(start, end, 0.9)
		case label, !claimed && s.labelAfter(end, cueAccount):
			if length := end - start; length >= 10 && length <= 14 {
				s.add(start, end, 0.8)
			}
		}
	}
}
