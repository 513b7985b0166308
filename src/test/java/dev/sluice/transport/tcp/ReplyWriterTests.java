package dev.sluice.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.memory.MemoryBudget;
import dev.sluice.transport.Traffic;
import dev.sluice.transport.framing.Framing;
import java.net.Socket;
import org.junit.jupiter.api.Test;

final class ReplyWriterTests {

    @Test
    void repliesForWhichThereIsNoMemoryAreLeftOutWhereverTheyComeFrom() throws Exception {
        MemoryBudget budget = new MemoryBudget(32 * 1024);
        try (Socket socket = new Socket()) {
            ReplyWriter writer =
                    new ReplyWriter(socket, new Framing.Line(), new Traffic(), new Deadlines(), budget.aside());
            writer.reply(new byte[10 * 1024]);
            byte[] taken = writer.takeWaiting();
            writer.reply(new byte[10 * 1024]);
            int before = writer.waitingBytes();

            writer.putBack(taken, 0, taken.length);
            writer.reply(new byte[30 * 1024]);

            assertThat(writer.waitingBytes()).isEqualTo(before);
        }
    }
}
