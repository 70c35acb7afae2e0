"""The ground that everything else stands on: audio, voice activity, engines, models, errors."""
