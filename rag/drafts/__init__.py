"""First drafts for analysts: chosen sentences, written up, checked and exported, each sentence cited."""
