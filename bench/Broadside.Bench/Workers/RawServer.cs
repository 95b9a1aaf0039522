using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Broadside.Bench.Load;

namespace Broadside.Bench.Workers;

/// <summary>What the harness's own servers have in common: connections say what they are, publishers send messages behind their lengths.</summary>
internal sealed class RawServer(int port, Func<IReadOnlyList<Socket>, byte[], ValueTask> publish)
{
    private volatile Socket[] _receivers = [];

    public async Task RunAsync()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
        listener.Listen(4096);
        while (true)
        {
            var socket = await listener.AcceptAsync();
            socket.NoDelay = true;
            _ = ServeAsync(socket);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        try
        {
            var role = new byte[1];
            await ReceiveAsync(socket, role);
            if (role[0] == RawProtocol.Subscriber)
            {
                Change(receivers => [.. receivers, socket]);
                await socket.SendAsync(role);
                await ReceiveAsync(socket, role);
            }
            else
            {
                await PublishAllAsync(socket);
            }
        }
        catch (Exception exception) when (exception is SocketException or EndOfStreamException)
        {
            Change(receivers => [.. receivers.Where(receiver => receiver != socket)]);
            socket.Dispose();
        }
    }

    // A message and its prefix go out in one piece, as they came.
    private async Task PublishAllAsync(Socket socket)
    {
        using var stream = new BufferedStream(new NetworkStream(socket), 64 * 1024);
        var prefix = new byte[RawProtocol.PrefixLength];
        var frame = Array.Empty<byte>();
        while (true)
        {
            await ReadAsync(stream, prefix);
            var length = prefix.Length + BinaryPrimitives.ReadInt32LittleEndian(prefix);
            frame = frame.Length == length ? frame : new byte[length];
            prefix.CopyTo(frame, 0);
            await ReadAsync(stream, frame.AsMemory(prefix.Length));
            await publish(_receivers, frame);
        }
    }

    private static async ValueTask ReadAsync(Stream stream, Memory<byte> bytes)
    {
        try
        {
            await stream.ReadExactlyAsync(bytes);
        }
        catch (IOException exception) when (exception is not EndOfStreamException)
        {
            throw new EndOfStreamException(exception.Message);
        }
    }

    private static async Task ReceiveAsync(Socket socket, byte[] one)
    {
        if (await socket.ReceiveAsync(one) == 0)
        {
            throw new EndOfStreamException();
        }
    }

    private void Change(Func<Socket[], Socket[]> change)
    {
        lock (this)
        {
            _receivers = change(_receivers);
        }
    }
}
