package pii

var pinWords = []phrases{
	{cuePIN, "pin|pin number|pin no|pin code|pin is|atm pin|card pin|debit pin|bank pin|pins|personal identification number|" +
		"door code|alarm code|gate code|passcode|핀번호|핀 번호|핀넘버|카드 비밀번호|비밀번호 네 자리|비밀번호 4자리|비번 네 자리|비번 4자리|" +
		"통장 비밀번호|계좌 비밀번호|현관 비밀번호|현관 비번|공동현관|도어락 비번|도어락 비밀번호|비밀번호|비번|暗証番号"},
}

// findPINs finds four to six digits that the text calls a PIN, as banks, telephones and doors ask for. Pins are also parts of
// plugs and boards, so that only a number right by the word counts.
func findPINs(s *scan) {
	for n := range s.numbers {
		start, end, ok := s.bare(n, 4, 6)
		if !ok || !s.free(start, end) || s.at(end) == ',' && digit(s.at(end+1)) || s.at(start-1) == '!' || s.at(start-1) == '_' {
			continue // of an amount, or of a password
		}
		if s.direct(start, cuePIN) {
			s.add(start, end, 0.9)
			continue
		}
		if _, claimed := s.labelBefore(start, cuePIN); !claimed && s.saidToBe(end, cuePIN) {
			s.add(start, end, 0.8)
		}
	}
}
