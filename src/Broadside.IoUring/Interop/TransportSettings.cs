using Broadside.Channels;

namespace Broadside.IoUring.Interop;

/// <summary>What transport options mean as socket options.</summary>
internal static class TransportSettings
{
    public const int Maximum = 4;

    /// <summary>Lists the options to set; their number.</summary>
    public static int Collect(TransportOptions options, bool isTcp, Span<(int Level, int Name, int Value)> settings)
    {
        var count = 0;
        if (options.ReceiveBufferSize is { } receive)
        {
            settings[count++] = (SocketOption.LevelSocket, SocketOption.ReceiveBuffer, receive);
        }

        if (options.SendBufferSize is { } send)
        {
            settings[count++] = (SocketOption.LevelSocket, SocketOption.SendBuffer, send);
        }

        if (isTcp)
        {
            settings[count++] = (SocketOption.LevelTcp, SocketOption.TcpNoDelay, options.NoDelay ? 1 : 0);
            if (options.UnsentLimit > 0)
            {
                settings[count++] = (SocketOption.LevelTcp, SocketOption.TcpNotSentLowat, options.UnsentLimit);
            }
        }

        return count;
    }
}
