package dev.sluice.client;

/** What the options alone do not tell. */
final class ClientHelp {

    static final String DESCRIPTION = "The other end of a socket: sends messages to a server and prints its answers.";

    private ClientHelp() {}

    static String[] footer() {
        return new String[] {
            "",
            "Messages are the arguments after HOST PORT (behind -- if they begin with a dash), then the files; with"
                + " neither, standard input: line by line if --framing is line, crlf, nul, delimited or octet-counted,"
                + " or with --udp; else all of it as one message. With line, raw and until-close it is passed on as it"
                + " comes, however long.",
            "",
            "When all is sent, the client ends its side of the connection and prints until the server ends its own."
                    + " With --count N it keeps its side open and ends after N answers. With --udp it ends after N"
                    + " answers, by default one for each message.",
            "",
            "Answers are printed in UTF-8, each as a line of its own; with --framing raw as they come. Towards a"
                    + " terminal, what is not visible is shown as \\x1B or \\u202E; a pipe or a file gets them as they"
                    + " are.",
            "",
            "A greeting is not framed: without --greeting it is glued to the first answer.",
            "",
            "Exit codes: 0 done, 1 refused or broken off, 2 usage, 3 timed out.",
            "",
            "Examples:",
            "  java -jar sluice.jar client localhost 8888 --wait",
            "  java -jar sluice.jar client localhost 8888 --greeting hello world",
            "  java -jar sluice.jar client localhost 2575 --framing mllp --file adt.hl7 --count 1",
            "  java -jar sluice.jar client localhost 5140 --udp --count 0 'one way'"
        };
    }
}
