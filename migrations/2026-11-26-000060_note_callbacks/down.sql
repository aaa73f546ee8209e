comment on column used_ticket.nonce is null;
comment on table used_ticket is 'Signed single-use tickets (cookie probes, hand-overs to a new tab) that were used, until they expire.';
