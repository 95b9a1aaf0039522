namespace Broadside.IoUring.Tests;

/// <summary>Makes a channel's thread throw, once, where nothing may.</summary>
internal sealed class ThrowingRound : IChannelRound
{
    private volatile bool _throws;

    public bool IsPending
    {
        get
        {
            if (!_throws)
            {
                return false;
            }

            _throws = false;
            throw new InvalidOperationException("On purpose.");
        }
    }

    public void Throw() => _throws = true;

    public void OnRoundEnd()
    {
    }
}
