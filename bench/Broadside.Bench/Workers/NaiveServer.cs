using System.Net.Sockets;

namespace Broadside.Bench.Workers;

/// <summary>The naive contender: sends to all receivers at once, and goes on when all have been sent to.</summary>
internal static class NaiveServer
{
    public static Task RunAsync(int port) => new RawServer(port, PublishAsync).RunAsync();

    private static async ValueTask PublishAsync(IReadOnlyList<Socket> receivers, byte[] frame)
    {
        List<Task>? waiting = null;
        foreach (var receiver in receivers)
        {
            // Most have room, and then nothing is allocated.
            var sending = receiver.SendAsync(frame.AsMemory(), SocketFlags.None);
            if (!sending.IsCompletedSuccessfully)
            {
                (waiting ??= []).Add(sending.AsTask());
            }
        }

        if (waiting is not null)
        {
            await Task.WhenAll(waiting);
        }
    }
}
