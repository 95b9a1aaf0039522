using System.Net;
using System.Net.Sockets;

namespace Broadside.Cli.Demo;

/// <summary>What is written without a library: a list of sockets, and a send for each of them for each message.</summary>
internal sealed class NaiveAudience : IAudience
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly SemaphoreSlim _joined = new(0);
    private readonly List<Socket> _sockets = [];

    public NaiveAudience()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(512);
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    /// <inheritdoc/>
    public async Task MembersAsync(int count)
    {
        for (var index = 0; index < count; index++)
        {
            await _joined.WaitAsync();
        }
    }

    public async Task BroadcastAsync(byte[] message, int times)
    {
        for (var time = 0; time < times; time++)
        {
            foreach (var socket in _sockets)
            {
                await socket.SendAsync(message, SocketFlags.None);
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        _listener.Dispose();
        _sockets.ForEach(socket => socket.Dispose());
        return ValueTask.CompletedTask;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptAsync();
                socket.NoDelay = true;
                _sockets.Add(socket);
                _joined.Release();
            }
        }
        catch (SocketException)
        {
            // The demo is over.
        }
    }
}
