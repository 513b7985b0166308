package dev.sluice.command;

/** How many commands there have been, and what became of them. {@code submitted} is the sum of all others. */
public record Ledger(
        long submitted,
        long confirmed,
        long rejected,
        long expired,
        long unconfirmed,
        long cancelled,
        long refused,
        long pending) {}
