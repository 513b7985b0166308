package dev.sluice.transport.tcp;

import dev.sluice.transport.TransportChange;

/** A change of whom a listener dials, and how: nothing in it can fail once it has been prepared. */
final class DialChange implements TransportChange {

    private final Dialler dialler;
    private final DialTerms before;
    private final DialTerms after;

    DialChange(Dialler dialler, DialTerms before, DialTerms after) {
        this.dialler = dialler;
        this.before = before;
        this.after = after;
    }

    @Override
    public boolean hasGap() {
        return false;
    }

    @Override
    public void release() {}

    @Override
    public void commit() {
        dialler.dialBy(after);
    }

    @Override
    public void undo() {
        dialler.dialBy(before);
        end(after, before);
    }

    @Override
    public void retire() {
        end(before, after);
    }

    private void end(DialTerms terms, DialTerms kept) {
        dialler.endUndeclared();
        if (terms.tls() != null && terms.tls() != kept.tls()) {
            terms.tls().retire();
        }
    }
}
