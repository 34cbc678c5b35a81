//! The one list of all promises, by file.

/// Gives them to a macro.
macro_rules! every_promise {
    ($to:ident) => {
        $to! {
            files::a_published_file_has_its_bytes_and_no_staged_twin,
            files::nothing_is_seen_before_it_is_published,
            files::a_dropped_file_leaves_nothing,
            files::a_left_file_can_be_adopted_and_published,
            files::a_taken_name_is_told_and_the_file_can_have_another,
            files::a_staging_name_is_given_once,
            files::discarding_is_fine_twice,
            files::only_empty_files_are_removed,
            files::an_empty_photo_is_a_photo,
            files::names_are_those_of_one_folder,
            files::what_is_not_there_is_not_there,
            files::a_large_file_is_read_back_whole,
            files::what_is_put_aside_is_whole_and_replaces_nothing,
            files::one_program_at_a_time_changes_it,
            record::what_was_recorded_is_read_again_in_order,
            record::a_second_call_appends,
            record::a_new_library_has_no_record,
            record::what_was_put_aside_is_told_after_its_copy,
        }
    };
}
