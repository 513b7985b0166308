package dev.sluice.command;

/**
 * One attempt to bring one command to one connection.
 *
 * @param command the id of the command
 * @param number below {@link CommandTerms#numbers()}; the same in all attempts of a command; 0 where there are no
 *     numbers
 * @param attempt the first is 1
 * @param payload not to be changed
 */
public record Flight(Device device, String command, long number, int attempt, byte[] payload) {}
