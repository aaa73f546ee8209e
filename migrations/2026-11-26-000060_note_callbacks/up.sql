comment on table used_ticket is 'Signed single-use tickets (cookie probes, hand-overs to a new tab) and call-backs of Confluence that were used, until they expire.';
comment on column used_ticket.nonce is 'Of a ticket; of a call-back the beginning of the SHA-256 of its token.';
