using Broadside.NetStack.Network;

namespace Broadside.NetStack.Tcp;

/// <summary>The keys of SYN cookies: one for some minutes, and the one before for those who are late.</summary>
internal sealed class SynCookieSecrets
{
    /// <summary>For how many periods a key is used: 17 minutes.</summary>
    private const long PeriodsPerSecret = 16;

    private readonly Func<KeyedHash> _create;
    private long _generation;
    private KeyedHash _current;
    private KeyedHash _previous;

    public SynCookieSecrets(Func<KeyedHash> create)
    {
        _create = create;
        _current = create();
        _previous = create();
    }

    /// <summary>The key for a period, which is the latest so far, or the one before that, or later than all.</summary>
    public KeyedHash For(long period)
    {
        var generation = period / PeriodsPerSecret;
        if (generation > _generation)
        {
            _previous = generation == _generation + 1 ? _current : _create();
            _current = _create();
            _generation = generation;
        }

        return generation == _generation ? _current : _previous;
    }
}
